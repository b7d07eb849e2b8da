/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** What the child JVMs of the tests do. Each says READY on its status pipe and stays until it is killed. */
final class ChildMains {

    private ChildMains() {}

    static void say(final String line) throws IOException {
        try (PrintStream status =
                new PrintStream(new FileOutputStream("/proc/self/fd/3"), true, StandardCharsets.UTF_8)) {
            status.println(line);
        }
    }

    static String firstLine(final ChildProcess child) throws IOException {
        return new BufferedReader(new InputStreamReader(child.status(), StandardCharsets.UTF_8)).readLine();
    }

    static void stay() {
        while (true) {
            LockSupport.park();
        }
    }

    /** Asks for its death with its parent on a thread that ends at once, as main often does. */
    static final class DiesWithParent {
        public static void main(final String[] args) throws Exception {
            new Thread(ChildMains::stay, "stays").start();
            if (args.length == 0) {
                ProcessControl.dieWithParent();
            } else {
                ProcessControl.dieWithParent(Long.parseLong(args[0]));
            }
            say("READY");
        }
    }

    /** Starts a {@link DiesWithParent} and tells who it is. */
    static final class Parent {
        public static void main(final String[] args) throws Exception {
            final ChildProcess child = new Spawner().spawn(ChildJvm.request(DiesWithParent.class, Path.of(args[0])));
            final String line = firstLine(child);
            say(line + " " + child.identity().pid() + " " + child.identity().startTicks());
            stay();
        }
    }

    /** Ends at once or by halt, as its argument says, while a thread waits in native code for what its standard input says. */
    static final class Ends {
        static final int EXIT_CODE = 7;

        public static void main(final String[] args) throws Exception {
            final Thread reads = new Thread(
                    () -> {
                        try {
                            System.in.read();
                        } catch (final IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    "reads");
            reads.setDaemon(true);
            reads.start();
            Runtime.getRuntime().addShutdownHook(new Thread(ChildMains::stay));
            Thread.sleep(100);
            say("READY");
            if (args[0].equals("now")) {
                throw ProcessControl.exitNow(EXIT_CODE);
            }
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    /** Holds a lock. */
    static final class LockHolder {
        public static void main(final String[] args) throws Exception {
            final OwnerLock lock = OwnerLock.tryAcquire(Path.of(args[0])).orElseThrow();
            say("READY " + lock);
            stay();
        }
    }

    /** Waits at the futex in a file until the word is no longer 1, then makes it 2. */
    static final class FutexWaiter {
        public static void main(final String[] args) throws Exception {
            try (MappedFile file = MappedFile.open(Path.of(args[0]))) {
                say("READY");
                while (file.buffer(0, 64).getIntVolatile(0) == 1) {
                    Futex.await(file.address(), 1, 50_000_000_000L);
                }
                file.buffer(0, 64).putIntVolatile(0, 2);
            }
        }
    }
}
