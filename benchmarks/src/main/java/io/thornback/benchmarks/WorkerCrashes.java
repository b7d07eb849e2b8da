/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.RuntimeContext;
import io.thornback.Thornback;
import io.thornback.node.NodeFile;
import io.thornback.objectstore.StoreCounters;
import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A driver for benchmarks/endurance.py whose tasks and actors end the process of their worker, in turn: the JVM halts, in the middle of a task that runs again; SIGKILL, while the task has a large argument and others of its
 * kind wait; SIGKILL in the call of an actor, which is made again.
 *
 * <p>Argument: the node's folder. A line with a number on the input: so many workers are to die, or a few more, and a task is to be answered. Then, when dead workers have been replaced and nothing runs, {@code DIED}, how many
 * have died since the node began, and the bytes and objects that the store holds. Ends with its input.
 */
public final class WorkerCrashes {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int ARGUMENT_BYTES = 1 << 20;
    private static final int DEATHS_OF_A_TASK = 2;
    private static final int AT_A_TIME = 4;
    private static final long LOOK_MS = 20;

    private final Thornback tb;
    private final Path shmDir;
    private int round;

    private WorkerCrashes(final Thornback tb, final Path shmDir) {
        this.tb = tb;
        this.shmDir = shmDir;
    }

    static int halt(final int x) {
        if (RuntimeContext.current().attempt() <= DEATHS_OF_A_TASK) {
            System.out.println("halts");
            Runtime.getRuntime().halt(3);
        }
        return x;
    }

    static int beKilled(final byte[] argument) {
        if (RuntimeContext.current().attempt() <= DEATHS_OF_A_TASK) {
            killThisProcess();
        }
        return argument.length;
    }

    /** One whose process can be killed from within. */
    public static final class Victim {
        /** Of this process. */
        public Victim() {}

        long pid() {
            return ProcessHandle.current().pid();
        }

        int end() {
            killThisProcess();
            return 0;
        }
    }

    private static void killThisProcess() {
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
    }

    /** Crashes workers until its input ends. */
    public static void main(final String[] arguments) throws IOException {
        final Path folder = Path.of(arguments[0]);
        try (Thornback tb = Thornback.connect(ConnectOptions.defaults().withDirectory(folder))) {
            final WorkerCrashes crashes = new WorkerCrashes(
                    tb, NodeFile.findRunning(folder).orElseThrow().session().shm());
            final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                crashes.crash(Integer.parseInt(order));
                final StoreCounters store = StoreCounters.read(crashes.shmDir);
                System.out.println("DIED " + crashes.count(Counter.WORKERS_DIED) + " " + store.usedBytes() + " "
                        + store.objects());
            }
        }
    }

    private long count(final Counter counter) {
        return CountersSnapshot.read(shmDir).get(counter);
    }

    private void crash(final int deaths) {
        final long enough = count(Counter.WORKERS_DIED) + deaths;
        expect(Integer.bitCount(7), tb.task(Integer::bitCount, 7).submit().get(TIMEOUT));
        while (count(Counter.WORKERS_DIED) < enough) {
            switch (round++ % 3) {
                case 0 -> halted();
                case 1 -> killed();
                default -> restarted();
            }
        }
        System.gc(); // objects whose references are garbage stay in the store until this process notices
        awaitRest();
    }

    private void halted() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            refs.add(tb.task(WorkerCrashes::halt, i)
                    .retries(AT_A_TIME * DEATHS_OF_A_TASK)
                    .submit());
        }
        for (int i = 0; i < AT_A_TIME; i++) {
            expect(i, refs.get(i).get(TIMEOUT));
        }
    }

    private void killed() {
        final ObjectRef<byte[]> argument = tb.put(new byte[ARGUMENT_BYTES]);
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            refs.add(tb.task(WorkerCrashes::beKilled, argument)
                    .retries(AT_A_TIME * DEATHS_OF_A_TASK)
                    .submit());
        }
        refs.forEach(ref -> expect(ARGUMENT_BYTES, ref.get(TIMEOUT)));
    }

    private void restarted() {
        final ActorRef<Victim> actor = tb.actor(Victim::new).maxRestarts(1).create();
        final long first = actor.call(Victim::pid).get(TIMEOUT);
        end(actor);
        final long second = actor.call(Victim::pid).get(TIMEOUT);
        if (first == second) {
            throw new IllegalStateException("the actor was not made again in another process: pid=" + first);
        }
        end(actor);
    }

    private static void end(final ActorRef<Victim> actor) {
        try {
            actor.call(Victim::end).get(TIMEOUT);
        } catch (final ActorDiedException e) {
            return;
        }
        throw new IllegalStateException("the call that ends the actor's process has returned");
    }

    private static void expect(final int expected, final int found) {
        if (expected != found) {
            throw new IllegalStateException("expected " + expected + ", got " + found);
        }
    }

    /** As many workers as there are CPUs are idle, and no other does anything. */
    private void awaitRest() {
        final long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
        while (!isAtRest()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IllegalStateException("dead workers were not replaced within " + TIMEOUT);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            } catch (final InterruptedException e) {
                throw new IllegalStateException("interrupted while workers are replaced", e);
            }
        }
    }

    private boolean isAtRest() {
        final CountersSnapshot now = CountersSnapshot.read(shmDir);
        final long active = now.get(Counter.WORKERS_STARTING)
                + now.get(Counter.WORKERS_BUSY)
                + now.get(Counter.WORKERS_BLOCKED)
                + now.get(Counter.WORKERS_ACTOR)
                + now.get(Counter.WORKERS_STOPPING)
                + now.get(Counter.TASKS_QUEUED)
                + now.get(Counter.ACTORS_STARTING);
        return active == 0 && now.get(Counter.WORKERS_IDLE) * 10_000 >= now.get(Counter.CPUS_TOTAL);
    }
}
