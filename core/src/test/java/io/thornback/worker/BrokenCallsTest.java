/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.function.FunctionResolver;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.InboxTurn;
import io.thornback.runtime.Links;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.wire.TaskKind;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a worker's threads when a call cannot be answered, and when they end. */
class BrokenCallsTest {
    private static final int LONG_S = 20;

    @TempDir
    private Path shm;

    private final CompletableFuture<Throwable> broken = new CompletableFuture<>();

    private static RunOrder order(final TaskKind kind) {
        return new RunOrder(
                TaskId.create(new JobId(1)),
                kind,
                1,
                "owner",
                "call",
                0,
                null,
                new byte[0],
                new RunOrder.Origin(null, 0, 0));
    }

    private static boolean sleep(final InboxTurn.Goal goal, final long ns) throws InterruptedException {
        goal.sleep(ns);
        return goal.isReached();
    }

    private ActorThreads threads(final ActorThreads.Runs runs) {
        final ActorOptions options = new ActorOptions(0, 0, 2, 0, false, Map.of(), "n");
        return new ActorThreads("test", options, null, getClass().getClassLoader(), runs, () -> {}, broken::complete);
    }

    @Test
    void aTaskThatCannotBeAnsweredIsTold() throws Exception {
        try (Inbox raylet = Inbox.create(shm, "raylet", InboxOptions.DEFAULT);
                Links links = new Links(shm, "worker", () -> {})) {
            final TaskRunner runner = new TaskRunner(
                    "test",
                    BrokenCallsTest::sleep,
                    links,
                    links.to(raylet.name()),
                    new CallRecorder(shm, 1),
                    broken::complete);
            runner.start(null, new FunctionResolver(getClass().getClassLoader()), null, null);
            runner.submit(order(TaskKind.TASK));
            assertInstanceOf(NullPointerException.class, broken.get(LONG_S, TimeUnit.SECONDS), "of the decoder");
            runner.stop(0);
        }
    }

    @Test
    void anIdleWorkerEndsAtOnceHoweverLongItMayTake() {
        try (Inbox raylet = Inbox.create(shm, "raylet", InboxOptions.DEFAULT);
                Links links = new Links(shm, "worker", () -> {})) {
            final TaskRunner runner = new TaskRunner(
                    "test",
                    BrokenCallsTest::sleep,
                    links,
                    links.to(raylet.name()),
                    new CallRecorder(shm, 1),
                    broken::complete);
            runner.start(null, new FunctionResolver(getClass().getClassLoader()), null, null);
            runner.returnWaiting();
            final long beganNs = System.nanoTime();
            runner.stop(TimeUnit.SECONDS.toMillis(LONG_S));
            assertTrue(System.nanoTime() - beganNs < TimeUnit.MILLISECONDS.toNanos(500), "it has waited");
        }
    }

    @Test
    void aCallOfAnActorThatCannotBeAnsweredIsTold() throws Exception {
        final ActorThreads threads = threads((call, afterUserCode) -> {
            throw new StackOverflowError("in the sending of a result");
        });
        threads.submit(order(TaskKind.ACTOR_CALL));
        assertInstanceOf(StackOverflowError.class, broken.get(LONG_S, TimeUnit.SECONDS));
        threads.stop(System.nanoTime(), TimeUnit.SECONDS.toMillis(LONG_S));
    }

    @Test
    void callsOfAnActorMayEndBeforeTheyAreInterrupted() throws Exception {
        final CountDownLatch begun = new CountDownLatch(1);
        final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        final ActorThreads threads = threads((call, afterUserCode) -> {
            begun.countDown();
            try {
                TimeUnit.MILLISECONDS.sleep(300);
                interrupted.complete(false);
            } catch (final InterruptedException e) {
                interrupted.complete(true);
            }
        });
        threads.submit(order(TaskKind.ACTOR_CALL));
        assertTrue(begun.await(LONG_S, TimeUnit.SECONDS));
        assertTrue(threads.stop(System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_S), 200), "none runs any more");
        assertFalse(interrupted.get(LONG_S, TimeUnit.SECONDS));
        assertEquals(false, broken.isDone());
    }
}
