/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lives of actors, and what only processes can show of them, on a node of real processes. */
class ProcessActorLifeTest extends ActorConformanceContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    @Override
    Thornback connection() {
        return NODE.driver();
    }

    @Override
    boolean diesWithItsCall() {
        return true;
    }

    static final class Mortal {
        private int calls;

        long pid() {
            return ProcessHandle.current().pid();
        }

        int count() {
            calls++;
            return calls;
        }

        int dieUnlessCalledBefore(final String file) throws java.io.IOException {
            append(file, "called");
            if (lines(file).size() < 3) {
                killSelf();
            }
            return lines(file).size();
        }

        static void killSelf() {
            ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
        }

        static int callFrom(final ActorRef<Mortal> actor, final String file) {
            return actor.call(Mortal::dieUnlessCalledBefore, file).get(LONG);
        }
    }

    @Test
    void aKilledProcessIsReplacedByAnother() {
        final ActorRef<Mortal> actor =
                NODE.driver().actor(Mortal::new).maxRestarts(1).name("mortal").create();
        final long first = actor.call(Mortal::pid).get(LONG);
        final List<ObjectRef<Integer>> before = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            before.add(actor.call(Mortal::count));
        }
        assertEquals(50, before.get(49).get(LONG));
        assertTrue(ProcessControl.signal(ProcessIdentity.of(first).orElseThrow(), Signals.KILL));
        long second = first;
        for (int i = 0; i < 1_000 && second == first; i++) {
            try {
                second = actor.call(Mortal::pid).get(LONG);
            } catch (final ActorDiedException e) {
                assertTrue(e.getMessage().contains("SIGKILL"), e.getMessage());
            }
        }
        assertNotEquals(first, second);
        assertEquals(1, actor.call(Mortal::count).get(LONG));
        assertEquals(actor, NODE.driver().getActor("mortal", Mortal.class).orElseThrow());
        assertEquals(
                2,
                NODE.driver()
                        .getActor("mortal", Mortal.class)
                        .orElseThrow()
                        .call(Mortal::count)
                        .get(LONG));
        actor.kill();
    }

    @Test
    void retriesOfACallAreCounted() throws Exception {
        final String enough = file("enough");
        final ActorRef<Mortal> actor = NODE.driver()
                .actor(Mortal::new)
                .maxRestarts(-1)
                .maxTaskRetries(2)
                .create();
        assertEquals(3, actor.call(Mortal::dieUnlessCalledBefore, enough).get(LONG));
        actor.kill();
        final String tooFew = file("too-few");
        final ActorRef<Mortal> other = NODE.driver()
                .actor(Mortal::new)
                .maxRestarts(-1)
                .maxTaskRetries(1)
                .create();
        final ActorDiedException e =
                assertThrows(ActorDiedException.class, () -> other.call(Mortal::dieUnlessCalledBefore, tooFew)
                        .get(LONG));
        assertTrue(e.getMessage().contains("attempt 2"), e.getMessage());
        assertEquals(2, lines(tooFew).size());
        assertEquals(1, other.call(Mortal::count).get(LONG));
        other.kill();
    }

    @Test
    void otherCallersSeeRestartsToo() {
        final String file = file("elsewhere");
        final ActorRef<Mortal> actor = NODE.driver()
                .actor(Mortal::new)
                .maxRestarts(-1)
                .maxTaskRetries(-1)
                .create();
        assertEquals(
                3, NODE.driver().task(Mortal::callFrom, actor, file).submit().get(LONG));
        actor.kill();
    }

    /** Of its own, and of what it started. */
    static final class Lasting {
        private final byte[] large;
        private final String file;
        private int calls;
        private ActorRef<Mortal> helper;

        Lasting(final byte[] large, final String file) {
            this.large = large;
            this.file = file;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> hook(file)));
        }

        private static void hook(final String file) {
            try {
                append(file, "ended in order");
            } catch (final java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        int call() {
            calls++;
            return calls;
        }

        int length() {
            return large.length;
        }

        long pid() {
            return ProcessHandle.current().pid();
        }

        /** Needs tasks and actors of its own. */
        int helped() {
            final Thornback tb = Thornback.current();
            if (helper == null) {
                helper = tb.actor(Mortal::new).create();
            }
            return helper.call(Mortal::count).get(LONG)
                    + tb.task(ActorLifeContract::slowly, 1L).submit().get(LONG);
        }

        String die() {
            Mortal.killSelf();
            return file;
        }
    }

    @Test
    void aDetachedActorOutlivesItsDriver() throws Exception {
        final String file = file("lasting");
        final ProcessIdentity plain;
        final long pid;
        final int helped;
        try (Thornback first = NODE.node().connect(options -> options.withNamespace("shared"))) {
            final ActorRef<Lasting> lasting = first.actor(Lasting::new, new byte[200_000], file)
                    .name("lasting")
                    .detached()
                    .maxRestarts(1)
                    .maxTaskRetries(1)
                    .create();
            final ActorRef<Mortal> other =
                    first.actor(Mortal::new).name("plain").create();
            plain = ProcessIdentity.of(other.call(Mortal::pid).get(LONG)).orElseThrow();
            pid = lasting.call(Lasting::pid).get(LONG);
            helped = lasting.call(Lasting::helped).get(LONG);
            assertEquals(1, lasting.call(Lasting::call).get(LONG));
        }
        assertEquals(2, helped);
        try (Thornback second = NODE.node().connect(options -> options.withNamespace("shared"))) {
            assertTrue(second.getActor("plain", Mortal.class).isEmpty(), "it ended with its job");
            final ActorRef<Lasting> lasting =
                    second.getActor("lasting", Lasting.class).orElseThrow();
            assertEquals(2, lasting.call(Lasting::call).get(LONG));
            assertEquals(pid, lasting.call(Lasting::pid).get(LONG), "the same process");
            assertEquals(3, lasting.call(Lasting::helped).get(LONG), "what it started lives, and it can start more");
            awaitEnd(plain);
            final ObjectRef<String> dies = lasting.call(Lasting::die);
            assertThrows(ActorDiedException.class, () -> dies.get(LONG));
        }
        try (Thornback third = NODE.node().connect()) {
            assertTrue(third.getActor("lasting", Lasting.class).isEmpty(), "another namespace");
            assertTrue(third.getActor("lasting", "shared", Lasting.class).isEmpty(), "two lives, it was sent again");
        }
    }

    private static void awaitEnd(final ProcessIdentity process) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (process.isAlive()) {
            assertTrue(System.nanoTime() < deadline, process + " lives");
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void aDetachedActorIsCreatedAgainWithoutItsDriver() throws Exception {
        final String file = file("again-detached");
        final long pid;
        try (Thornback first = NODE.node().connect(options -> options.withNamespace("again"))) {
            final ActorRef<Lasting> lasting = first.actor(Lasting::new, new byte[200_000], file)
                    .name("lasting")
                    .detached()
                    .maxRestarts(1)
                    .create();
            pid = lasting.call(Lasting::pid).get(LONG);
        }
        final ProcessIdentity process = ProcessIdentity.of(pid).orElseThrow();
        assertTrue(ProcessControl.signal(process, Signals.KILL));
        awaitEnd(process);
        final ActorRef<Lasting> found;
        try (Thornback second = NODE.node().connect(options -> options.withNamespace("again"))) {
            found = second.getActor("lasting", Lasting.class).orElseThrow();
            long next = pid;
            for (int i = 0; i < 1_000 && next == pid; i++) {
                try {
                    next = found.call(Lasting::pid).get(LONG);
                } catch (final ActorDiedException e) {
                    assertTrue(e.getMessage().contains("restart 1 of 1"), e.getMessage());
                }
            }
            assertNotEquals(pid, next);
            assertEquals(200_000, found.call(Lasting::length).get(LONG), "its argument was still there");
            found.terminate().get(LONG);
            awaitEnd(ProcessIdentity.of(next).orElseThrow());
            assertEquals(List.of("ended in order"), lines(file));
            assertTrue(second.getActor("lasting", Lasting.class).isEmpty());
        }
    }
}
