/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Roles that do as tests want: they come up, fail, hang, start processes. */
final class TestRoles {

    private TestRoles() {}

    static RoleSpec spec(String name, Class<? extends Role> type, String... dependencies) {
        return spec(name, type.getName(), List.of(dependencies));
    }

    /** One whose name begins with "again" is started again when it ends. */
    private static RoleSpec spec(String name, String className, List<String> dependencies) {
        return new RoleSpec(name, className, dependencies, 32 << 20, RoleSpec.QUICK, name.startsWith("again"));
    }

    /** As text, for the command line of {@link TestSupervisorMain}. */
    static String encode(List<RoleSpec> specs) {
        List<String> words = new ArrayList<>();
        for (RoleSpec spec : specs) {
            words.add(spec.name() + ":" + spec.className() + ":" + String.join("+", spec.dependencies()));
        }
        return String.join(",", words);
    }

    static List<RoleSpec> decode(String text) {
        List<RoleSpec> specs = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            String[] parts = word.split(":", -1);
            List<String> dependencies = parts[2].isEmpty() ? List.of() : List.of(parts[2].split("\\+", -1));
            specs.add(spec(parts[0], parts[1], dependencies));
        }
        return specs;
    }

    /** Ready at once; writes down that it was stopped. */
    public static class Plain implements Role {
        private RoleContext context;

        @Override
        public void start(RoleContext given) throws Exception {
            context = given;
            Files.writeString(given.session().session().resolve("started"), name() + "\n", append());
            if (given.former("text").isPresent()) {
                Files.writeString(
                        given.session().session().resolve("former"),
                        given.former("text").get());
            }
            given.ready(Map.of("port", "4711", "text", "a b=c%\n"));
        }

        String name() {
            return getClass().getSimpleName();
        }

        RoleContext context() {
            return context;
        }

        @Override
        public void stop(long timeoutMs) throws IOException {
            if (context != null) {
                Files.writeString(context.session().session().resolve("stopped"), name() + "\n", append());
            }
        }

        static java.nio.file.OpenOption[] append() {
            return new java.nio.file.OpenOption[] {
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND
            };
        }
    }

    /** Needs the facts of "first". */
    public static final class Dependent extends Plain {
        @Override
        public void start(RoleContext given) throws Exception {
            if (!given.fact("first", "text").equals("a b=c%\n")) {
                throw new IllegalStateException("got " + given.fact("first", "text"));
            }
            super.start(given);
        }
    }

    /** Starts a process that leaves its session, and does not care about it any more. */
    public static final class Parent extends Plain {
        @Override
        public void start(RoleContext given) throws Exception {
            Process child = new ProcessBuilder("setsid", "sleep", "600").start();
            Files.writeString(given.session().session().resolve("child"), Long.toString(child.pid()));
            super.start(given);
        }
    }

    /** Cannot start. */
    public static final class Failing extends Plain {
        @Override
        public void start(RoleContext given) {
            throw new IllegalStateException("port 4711 is taken");
        }
    }

    /** Ends its process instead of starting. */
    public static final class Exiting extends Plain {
        @Override
        public void start(RoleContext given) {
            System.err.println("the last words");
            Runtime.getRuntime().halt(17);
        }
    }

    /** Waits for something outside this node for longer than roles usually get. */
    public static final class Waiting extends Plain {
        @Override
        public void start(RoleContext given) throws Exception {
            given.waiting("the tide", 60_000);
            Thread.sleep(given.configuration().node().startTimeout().toMillis() + 200);
            super.start(given);
        }
    }

    /** Ready at once; when a file "expel" is in the node's folder, the cluster takes leave of the node. */
    public static final class Expelled extends Plain {
        @Override
        public void start(RoleContext given) throws Exception {
            super.start(given);
            Thread thread = new Thread(() -> awaitOrder(given), "expelled");
            thread.setDaemon(true);
            thread.start();
        }

        private static void awaitOrder(RoleContext given) {
            try {
                while (!Files.deleteIfExists(given.session().dir().resolve("expel"))) {
                    LockSupport.parkNanos(5_000_000);
                }
                given.expelled("it was silent for too long");
            } catch (IOException e) {
                given.failed("cannot look for the order", e);
            }
        }
    }

    /** Ready at once; when a file "fail" is in the node's folder, it says that it cannot go on, and ends in the same moment. */
    public static final class GivesUp extends Plain {
        @Override
        public void start(RoleContext given) throws Exception {
            super.start(given);
            Thread thread = new Thread(
                    () -> {
                        while (!Files.exists(given.session().dir().resolve("fail"))) {
                            LockSupport.parkNanos(5_000_000);
                        }
                        given.failed("the disk is gone", new IOException("as the test wants"));
                        Runtime.getRuntime().halt(1);
                    },
                    "gives-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Never ready. */
    public static final class Late extends Plain {
        @Override
        public void start(RoleContext given) {}
    }

    /** Does not end when it is told to. */
    public static final class Stubborn extends Plain {
        @Override
        public void stop(long timeoutMs) {
            boolean forever = true;
            while (forever) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    forever = false;
                }
            }
        }
    }
}
