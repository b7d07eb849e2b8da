/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.ActorRef;
import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.node.NodeFile;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * The measures of benchmarks/tasks.py: a driver of the node in the folder that is named first. Then the number of rounds, then measures. Prints a line for each value: name and figure.
 */
public final class TaskMeasures {
    /** What a worker does for itself once it is idle is over then. */
    private static final long REHEARSAL_MS = 1_000;

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int IN_FLIGHT = 10_000;
    private static final int WARM_UPS = 12;
    /** And so long at least. */
    private static final long WARM_UP_NS = 30_000_000_000L;
    /** And then so long at least: five rounds of a thirtieth of a second show what one collection of garbage, or the neighbours of this machine, did in that time. */
    private static final long MEASURE_NS = 10_000_000_000L;

    private static final int SEVERAL = 3_000;
    /** Longer than anything is held: holders are cancelled or killed. */
    private static final int HOLD_MS = 3_600_000;

    private final Thornback tb;
    private final Path shmDir;
    private final int rounds;

    private TaskMeasures(final Thornback tb, final Path shmDir, final int rounds) {
        this.tb = tb;
        this.shmDir = shmDir;
        this.rounds = rounds;
    }

    /** The empty task. */
    static int nothing(final int x) {
        return x;
    }

    static int sleep(final int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return millis;
    }

    static int sum(final List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).sum();
    }

    static List<Integer> several(final int count) {
        return Collections.nCopies(count, 7);
    }

    /** An actor that does next to nothing. */
    public static final class Counter {
        private int count;

        /** At zero. */
        public Counter() {}

        int add(final int x) {
            count += x;
            return count;
        }

        int length(final byte[] bytes) {
            return bytes.length;
        }
    }

    /** Measures. */
    public static void main(final String[] arguments) {
        final Path folder = Path.of(arguments[0]);
        try (Thornback tb = Thornback.connect(ConnectOptions.defaults().withDirectory(folder))) {
            final Path shmDir =
                    NodeFile.findRunning(folder).orElseThrow().session().shm();
            final TaskMeasures measures = new TaskMeasures(tb, shmDir, Integer.parseInt(arguments[1]));
            for (int i = 2; i < arguments.length; i++) {
                measures.measure(arguments[i]);
            }
        }
    }

    private void measure(final String name) {
        switch (name) {
            case "task-one" -> warmRounds(name, () -> perSecond(2_000, i -> task(i).get(TIMEOUT)));
            case "task-flight" -> warmRounds(name, this::tasksInFlight);
            case "actor" -> actor();
            case "actor-create" ->
                rounds(name, 3, () -> {
                    awaitIdleWorkers(1);
                    return createAndCall();
                });
            case "actor-create-cold" -> print(name, createAndCall());
            case "killed" -> rounds(name, 2, this::killAndRunNext);
            case "arguments" -> rounds(name, 1, this::manyArguments);
            case "get-many" -> rounds(name, 1, this::getMany);
            case "returns" -> rounds(name, 1, this::manyReturns);
            case "million" -> million();
            default -> throw new IllegalArgumentException("no measure '" + name + "'");
        }
    }

    private interface Action {
        void run(int i);
    }

    private void rounds(final String name, final int warmUps, final DoubleSupplier measure) {
        rounds(name, warmUps, 0, 0, measure);
    }

    /** Of what is done thousands of times a second: the JVMs of a daemon have long compiled it. */
    private void warmRounds(final String name, final DoubleSupplier measure) {
        rounds(name, WARM_UPS, WARM_UP_NS, MEASURE_NS, measure);
    }

    private void rounds(
            final String name,
            final int warmUps,
            final long warmUpNs,
            final long measureNs,
            final DoubleSupplier measure) {
        final long beganNs = System.nanoTime();
        for (int i = 0; i < warmUps || System.nanoTime() - beganNs < warmUpNs; i++) {
            expect(true, measure.getAsDouble() > 0);
        }
        final long warmNs = System.nanoTime();
        for (int i = 0; i < rounds || System.nanoTime() - warmNs < measureNs; i++) {
            print(name, measure.getAsDouble());
        }
    }

    private static void print(final String name, final double value) {
        System.out.println("VALUE " + name + " " + value);
    }

    private static double seconds(final Runnable action) {
        final long began = System.nanoTime();
        action.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static double perSecond(final int count, final Action action) {
        return count
                / seconds(() -> {
                    for (int i = 0; i < count; i++) {
                        action.run(i);
                    }
                });
    }

    private ObjectRef<Integer> task(final int i) {
        return tb.task(TaskMeasures::nothing, i).submit();
    }

    private List<ObjectRef<Integer>> tasks(final int count) {
        final List<ObjectRef<Integer>> refs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            refs.add(task(i));
        }
        return refs;
    }

    private double tasksInFlight() {
        return IN_FLIGHT
                / seconds(() ->
                        expect(IN_FLIGHT, tb.get(tasks(IN_FLIGHT), TIMEOUT).size()));
    }

    private static void expect(final boolean expected, final boolean found) {
        expect(expected ? 1 : 0, found ? 1 : 0);
    }

    private static void expect(final int expected, final int found) {
        if (expected != found) {
            throw new IllegalStateException("expected " + expected + ", got " + found);
        }
    }

    private void actor() {
        final ActorRef<Counter> actor = tb.actor(Counter::new).create();
        warmRounds(
                "actor-flight",
                () -> IN_FLIGHT
                        / seconds(() -> {
                            final List<ObjectRef<Integer>> refs = new ArrayList<>(IN_FLIGHT);
                            for (int i = 0; i < IN_FLIGHT; i++) {
                                refs.add(actor.call(Counter::add, 1));
                            }
                            expect(IN_FLIGHT, tb.get(refs, TIMEOUT).size());
                        }));
        warmRounds(
                "actor-one",
                () -> perSecond(2_000, i -> actor.call(Counter::add, 1).get(TIMEOUT)));
        final byte[] mebibyte = new byte[1 << 20];
        warmRounds(
                "actor-mebibyte",
                () -> perSecond(
                        200,
                        i -> expect(
                                mebibyte.length,
                                actor.call(Counter::length, mebibyte).get(TIMEOUT))));
        actor.kill();
    }

    /** The workers of the measure before have been replaced when this returns, and have rehearsed. */
    private void awaitIdleWorkers(final int count) {
        final long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
        while (WorkerInfo.list(shmDir).stream()
                        .filter(worker -> worker.state() == WorkerState.IDLE)
                        .count()
                < count) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IllegalStateException("fewer than " + count + " workers have become idle within " + TIMEOUT);
            }
            sleepQuietly(10);
        }
        sleepQuietly(REHEARSAL_MS);
    }

    /** In milliseconds. */
    private double createAndCall() {
        final List<ActorRef<Counter>> made = new ArrayList<>();
        final double seconds = seconds(() -> {
            final ActorRef<Counter> actor = tb.actor(Counter::new).create();
            made.add(actor);
            expect(1, actor.call(Counter::add, 1).get(TIMEOUT));
        });
        made.get(0).kill();
        return seconds * 1_000;
    }

    static long pid() {
        return ProcessHandle.current().pid();
    }

    static long now(final int ignored) {
        return System.nanoTime();
    }

    static int holdAndSay(final String file) throws IOException, InterruptedException {
        Files.writeString(Path.of(file + ".new"), Long.toString(pid()));
        Files.move(Path.of(file + ".new"), Path.of(file));
        return sleep(HOLD_MS);
    }

    /** Milliseconds from the SIGKILL of the worker that holds all CPUs to the start of the task that waits for them. */
    private double killAndRunNext() {
        awaitIdleWorkers(2);
        try {
            final Path file = Files.createTempDirectory("thornback-measure").resolve("pid");
            final ObjectRef<Integer> victim = tb.task(TaskMeasures::holdAndSay, file.toString())
                    .cpus(2)
                    .retries(0)
                    .submit();
            while (!Files.exists(file)) {
                sleepQuietly(1);
            }
            final ObjectRef<Long> next = tb.task(TaskMeasures::now, 0).cpus(2).submit();
            sleepQuietly(50);
            final long killedNs = System.nanoTime();
            expect(
                    true,
                    ProcessHandle.of(Long.parseLong(Files.readString(file)))
                            .orElseThrow()
                            .destroyForcibly());
            final double millis = (next.get(TIMEOUT) - killedNs) / 1e6; // one clock for all processes of a host
            victim.cancel();
            Files.delete(file);
            Files.delete(file.getParent());
            return millis;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double manyArguments() {
        final List<ObjectRef<Integer>> refs = tasks(IN_FLIGHT);
        final int expected = sum(tb.get(refs, TIMEOUT));
        return seconds(
                () -> expect(expected, tb.task(TaskMeasures::sum, refs).submit().get(TIMEOUT)));
    }

    private double getMany() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>(IN_FLIGHT);
        for (int i = 0; i < IN_FLIGHT; i++) {
            refs.add(tb.put(i));
        }
        return seconds(() -> expect(IN_FLIGHT, tb.get(refs, TIMEOUT).size()));
    }

    private double manyReturns() {
        return seconds(() -> {
            final List<ObjectRef<Integer>> refs =
                    tb.task(TaskMeasures::several, SEVERAL).returns(SEVERAL).submitAll();
            expect(7 * SEVERAL, sum(tb.get(refs, TIMEOUT)));
        });
    }

    /** Every CPU is held while a million are submitted; the script looks at the memory when this says HELD, and answers. */
    private void million() {
        final int count = 1_000_000;
        final List<ObjectRef<Integer>> holding = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            holding.add(tb.task(TaskMeasures::sleep, HOLD_MS).submit());
        }
        final List<List<ObjectRef<Integer>>> refs = new ArrayList<>();
        print("million-submit", count / seconds(() -> refs.add(tasks(count))));
        System.gc();
        System.out.println("HELD");
        try {
            System.in.read();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        holding.forEach(ObjectRef::cancel);
        print(
                "million-run",
                count
                        / seconds(() -> {
                            for (int i = 0; i < count; i++) {
                                expect(i, refs.get(0).get(i).get(TIMEOUT));
                            }
                        }));
    }

    private static void sleepQuietly(final long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (final InterruptedException e) {
            throw new IllegalStateException("interrupted between two rounds", e);
        }
    }
}
