/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.gcs.ClusterSnapshot;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeInfo;
import io.thornback.node.NodeFile;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import io.thornback.transport.net.NetException;
import io.thornback.transport.wire.NodeState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A head whose GCS is killed again and again while a program runs tasks and calls an actor. */
@Timeout(300)
class GcsKilledTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String GCS = "gcs";
    private static final int KILLS = 4;

    static long slowSquare(final long x) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(x % 20);
        return x * x;
    }

    static final class Counter {
        private int calls;

        int next() {
            return ++calls;
        }
    }

    @Test
    void tasksDoNotNoticeAndNothingIsForgotten() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.start()) {
            final NodeFile before = node.file();
            final int firstJob;
            final long startedMs;
            try (Thornback tb = node.connect()) {
                firstJob = tb.job().value();
                startedMs = await(node, state -> job(state, firstJob)).startedMs();
                final AtomicBoolean enough = new AtomicBoolean();
                final CompletableFuture<Integer> tasks = CompletableFuture.supplyAsync(() -> runTasks(tb, enough));
                for (int kill = 0; kill < KILLS; kill++) {
                    final ProcessIdentity victim = gcs(node);
                    ProcessControl.signal(victim, Signals.KILL);
                    await(() -> !gcs(node).equals(victim), "it is not started again");
                    await(node, state -> self(state, before)
                            .filter(info -> info.state() == NodeState.ALIVE
                                    && info.load().workers() > 0)); // it reports again: no row has that
                    // Told again, or kept: the job is the one that it was.
                    assertEquals(
                            startedMs,
                            await(node, state -> job(state, firstJob)).startedMs());
                }
                enough.set(true);
                final int rounds = tasks.get(LONG.toSeconds(), TimeUnit.SECONDS);
                assertTrue(rounds > KILLS, "rounds of tasks: " + rounds);
            }
            // Its end is told, and stays known to the next process.
            await(node, state -> job(state, firstJob).filter(job -> !job.isRunning()));
            final ProcessIdentity last = gcs(node);
            ProcessControl.signal(last, Signals.KILL);
            await(() -> !gcs(node).equals(last), "it is not started again");
            assertTrue(!await(node, state -> job(state, firstJob)).isRunning());

            final NodeFile after = NodeFile.findRunning(node.dir()).orElseThrow();
            assertEquals(before.gcsPort(), after.gcsPort());
            assertEquals(before.nodeId(), after.nodeId());
            final Map<String, ProcessIdentity> others = new HashMap<>(before.roles());
            final Map<String, ProcessIdentity> othersNow = new HashMap<>(after.roles());
            others.remove(GCS);
            othersNow.remove(GCS);
            assertEquals(others, othersNow, "nobody else was started again");
            final String log = Files.readString(before.session().log(GCS));
            assertTrue(!log.contains("node is dead"), log);
        }
    }

    /** Rounds of tasks that give what they must, and an actor that counts each call once. */
    private static int runTasks(final Thornback tb, final AtomicBoolean enough) {
        final ActorRef<Counter> counter = tb.actor(Counter::new).create();
        int rounds = 0;
        while (!enough.get()) {
            final List<ObjectRef<Long>> refs = new ArrayList<>();
            for (long i = 0; i < 50; i++) {
                refs.add(tb.task(GcsKilledTest::slowSquare, rounds * 50L + i).submit());
            }
            for (int i = 0; i < refs.size(); i++) {
                final long x = rounds * 50L + i;
                assertEquals(x * x, refs.get(i).get(LONG));
            }
            rounds++;
            assertEquals(rounds, counter.call(Counter::next).get(LONG));
        }
        return rounds;
    }

    private static ProcessIdentity gcs(final NodeUnderTest node) {
        return NodeFile.findRunning(node.dir()).orElseThrow().roles().get(GCS);
    }

    private static Optional<NodeInfo> self(final ClusterSnapshot state, final NodeFile node) {
        return state.nodes().stream()
                .filter(info -> info.registration().nodeId().equals(node.nodeId()))
                .findFirst();
    }

    private static Optional<JobInfo> job(final ClusterSnapshot state, final int job) {
        return state.jobs().stream().filter(info -> info.jobId() == job).findFirst();
    }

    /** Asks the GCS until it says what is wanted; whatever it says, nobody is dead. */
    private static <T> T await(final NodeUnderTest node, final Function<ClusterSnapshot, Optional<T>> what)
            throws InterruptedException {
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        String last = "nothing";
        while (System.nanoTime() - deadlineNs < 0) {
            try {
                final ClusterSnapshot state = ask(node);
                assertEquals(0, state.count(NodeState.DEAD), state::toString);
                final Optional<T> found = what.apply(state);
                if (found.isPresent()) {
                    return found.get();
                }
                last = state.toString();
            } catch (final NetException e) {
                last = e.getMessage();
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError("the GCS never said so; the last was: " + last);
    }

    private static ClusterSnapshot ask(final NodeUnderTest node) {
        final NodeFile file = node.file();
        try {
            final String token = Files.readString(file.session().token()).strip();
            try (GcsClient tool = GcsClient.connect(GcsClient.Options.tool(file.gcsHost(), file.gcsPort(), token))) {
                return tool.clusterState(Duration.ofSeconds(3));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(final BooleanSupplier condition, final String what) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
