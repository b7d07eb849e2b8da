/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.Gather;
import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Actors with several threads, and actors that leave by themselves. */
abstract class ActorThreadsContract extends ActorLifeContract {
    /** Counts how many of its calls run at once. */
    static final class Busy {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final CountDownLatch opened = new CountDownLatch(1);
        private final List<Integer> begun = new ArrayList<>();

        int hold(final int number) throws InterruptedException {
            synchronized (begun) {
                begun.add(number);
            }
            final int now = running.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            try {
                opened.await();
            } finally {
                running.decrementAndGet();
            }
            return number;
        }

        int running() {
            return running.get();
        }

        int most() {
            return most.get();
        }

        int open() {
            opened.countDown();
            return running.get();
        }

        List<Integer> begun() {
            synchronized (begun) {
                return List.copyOf(begun);
            }
        }

        int ask(final ActorRef<Busy> other) {
            return other.call(Busy::most).get(LONG);
        }
    }

    /** Leaves when it is told to. */
    static final class Guest {
        private int calls;

        int call() {
            calls++;
            return calls;
        }

        int callSlowly(final long millis) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(millis);
            return call();
        }

        String leave(final String file) throws IOException {
            append(file, "leaving");
            Thornback.current().exitActor();
            return "bye " + call();
        }
    }

    static String exitInTask(final String ignored) {
        try {
            Thornback.current().exitActor();
            return ignored;
        } catch (final IllegalStateException e) {
            return e.getMessage();
        }
    }

    private static void await(final ActorRef<Busy> busy, final int running) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (busy.call(Busy::running).get(LONG) != running) {
            assertTrue(System.nanoTime() < deadline, "never so many ran: " + running);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Test
    void asManyCallsRunAsThereAreThreadsAndTheyBeginInOrder() throws Exception {
        final ActorRef<Busy> busy = connection()
                .actor(Busy::new)
                .maxConcurrency(3)
                .concurrencyGroup("control", 1)
                .create();
        final List<ObjectRef<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(busy.call(Busy::hold, i));
        }
        await(busy.inGroup("control"), 3);
        final List<Integer> begun = busy.inGroup("control").call(Busy::begun).get(LONG);
        assertEquals(List.of(0, 1, 2), begun.stream().sorted().toList());
        busy.inGroup("control").call(Busy::open).get(LONG);
        assertEquals(IntStream.range(0, 10).boxed().toList(), connection().get(calls, LONG));
        assertEquals(3, busy.call(Busy::most).get(LONG));
        assertEquals(10, busy.call(Busy::begun).get(LONG).size());
        busy.kill();
    }

    @Test
    void aGroupDoesNotWaitForOthers() throws Exception {
        final ActorRef<Busy> busy =
                connection().actor(Busy::new).concurrencyGroup("io", 2).create();
        final List<ObjectRef<Integer>> calls = new ArrayList<>();
        calls.add(busy.call(Busy::hold, 1));
        calls.add(busy.call(Busy::hold, 2));
        await(busy.inGroup("io"), 1);
        calls.add(busy.inGroup("io").call(Busy::hold, 3));
        await(busy.inGroup("io"), 2);
        busy.inGroup("io").call(Busy::open).get(LONG);
        assertEquals(List.of(1, 2, 3), connection().get(calls, LONG));
        final ObjectRef<Integer> lost = busy.inGroup("none").call(Busy::most);
        final TaskException e = assertThrows(TaskException.class, () -> lost.get(LONG));
        assertInstanceOf(IllegalArgumentException.class, e.getCause());
        assertTrue(e.getMessage().contains("no concurrency group 'none'; it has [io]"), e.getMessage());
        busy.kill();
    }

    @Test
    void theThreadThatRunsACancelledCallIsFound() throws Exception {
        final ActorRef<Busy> busy = connection()
                .actor(Busy::new)
                .maxConcurrency(2)
                .concurrencyGroup("control", 1)
                .create();
        final ObjectRef<Integer> first = busy.call(Busy::hold, 1);
        final ObjectRef<Integer> second = busy.call(Busy::hold, 2);
        final ObjectRef<Integer> third = busy.call(Busy::hold, 3);
        final ObjectRef<Integer> fourth = busy.call(Busy::hold, 4);
        await(busy.inGroup("control"), 2);
        assertTrue(third.cancel(), "it waits");
        assertTrue(second.cancel(), "it runs");
        assertThrows(TaskCancelledException.class, () -> second.get(LONG));
        while (!busy.inGroup("control").call(Busy::begun).get(LONG).contains(4)) {
            TimeUnit.MILLISECONDS.sleep(2); // until it has the thread of the second
        }
        busy.inGroup("control").call(Busy::open).get(LONG);
        assertEquals(1, first.get(LONG));
        assertEquals(4, fourth.get(LONG));
        assertFalse(busy.call(Busy::begun).get(LONG).contains(3));
        busy.kill();
    }

    @Test
    void aThreadThatWaitsForAnObjectDisturbsNoOther() {
        final ActorRef<Busy> busy =
                connection().actor(Busy::new).maxConcurrency(2).create();
        assertEquals(0, busy.call(Busy::ask, busy).get(LONG), "it asks itself");
        busy.kill();
    }

    @Test
    void anActorLeavesAfterTheCallThatRunsAndAnswersWhatCameBefore() throws Exception {
        final String file = file("leaves");
        final ActorRef<Guest> guest =
                connection().actor(Guest::new).name("guest").maxRestarts(-1).create();
        final List<ObjectRef<Integer>> before = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            before.add(guest.call(Guest::call));
        }
        final ObjectRef<String> leaving = guest.call(Guest::leave, file);
        final ObjectRef<Integer> after = guest.call(Guest::call);
        assertEquals(
                IntStream.rangeClosed(1, 100).boxed().toList(), connection().get(before, LONG));
        assertEquals("bye 101", leaving.get(LONG));
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> after.get(LONG));
        assertTrue(e.getMessage().contains("has left by itself"), e.getMessage());
        assertThrows(ActorDiedException.class, () -> guest.call(Guest::call).get(LONG));
        assertFalse(connection().getActor("guest", Guest.class).isPresent());
        assertEquals(List.of("leaving"), lines(file));
        assertTrue(connection()
                .task(ActorThreadsContract::exitInTask, "x")
                .submit()
                .get(LONG)
                .contains("exitActor()"));
    }

    @Test
    void terminateLetsEarlierCallsEndOnAllThreads() {
        final ActorRef<Guest> guest = connection()
                .actor(Guest::new)
                .maxConcurrency(3)
                .concurrencyGroup("slow", 1)
                .create();
        final List<ObjectRef<Integer>> before = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            before.add(guest.inGroup("slow").call(Guest::callSlowly, 100L));
            before.add(guest.call(Guest::callSlowly, 50L));
        }
        guest.terminate().get(LONG);
        final ObjectRef<Integer> after = guest.call(Guest::call);
        connection().get(before, LONG);
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> after.get(LONG));
        assertTrue(e.getMessage().contains("has left by itself"), e.getMessage());
    }

    @Test
    void whoComesFirstMakesItAndTheOthersGetIt() throws Exception {
        final List<ActorRef<Guest>> found = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final Thread thread = new Thread(() -> {
                final ActorRef<Guest> guest = connection()
                        .actor(Guest::new)
                        .name("shared")
                        .getIfExists()
                        .create();
                synchronized (found) {
                    found.add(guest);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(4, found.size());
        for (int i = 0; i < 4; i++) {
            assertEquals(found.get(0), found.get(i));
            assertEquals(i + 1, found.get(i).call(Guest::call).get(LONG));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().actor(Guest::new).getIfExists().create());
        found.get(0).kill();
    }

    static final class Sum {
        private final int sum;

        Sum(final List<Integer> parts) {
            sum = parts.stream().mapToInt(Integer::intValue).sum();
        }

        int sum() {
            return sum;
        }
    }

    static int late(final int value) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(500);
        return value;
    }

    @Test
    void whoComesLaterGetsItThoughArgumentsOfTheFirstAreLate() {
        final ObjectRef<Integer> part =
                connection().task(ActorThreadsContract::late, 3).submit();
        final ActorRef<Sum> first = summing(part);
        final ActorRef<Sum> second = summing(part);
        assertEquals(first, second);
        assertEquals(3, second.call(Sum::sum).get(LONG));
        first.kill();
    }

    private ActorRef<Sum> summing(final ObjectRef<Integer> part) {
        return connection()
                .actor(Sum::new, new Gather<>(List.of(part)))
                .name("sum")
                .getIfExists()
                .create();
    }
}
