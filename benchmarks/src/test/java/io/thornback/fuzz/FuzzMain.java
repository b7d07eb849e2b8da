/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The long form: all targets in turn, with a seed that it says, for so many minutes. A target with a fault is not run any more; then it ends with 1. */
final class FuzzMain {
    /** Executions of one target of weight 100 before the next has its turn. */
    private static final int BURST = 2_000;

    private static final long HANGS_NS = TimeUnit.SECONDS.toNanos(30);

    private FuzzMain() {}

    /** Settings are system properties: {@code minutes}, {@code seed}, {@code target} (a part of its name). */
    public static void main(final String[] args) throws Exception {
        final long minutes = Long.parseLong(property("minutes", "10"));
        final long seed = Long.parseLong(property("seed", Long.toString(System.nanoTime())));
        final String wanted = property("target", "");
        System.out.println("fuzzing for minutes=" + minutes + " with seed=" + seed);
        final long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        int faults = 0;
        try (FuzzTargets targets = new FuzzTargets()) {
            final List<Fuzzer> fuzzers = new ArrayList<>();
            for (final FuzzTarget target : targets.all()) {
                if (target.name().contains(wanted)) {
                    fuzzers.add(new Fuzzer(target, seed));
                }
            }
            watch(List.copyOf(fuzzers));
            while (System.nanoTime() - endNs < 0 && !fuzzers.isEmpty()) {
                for (final Fuzzer fuzzer : List.copyOf(fuzzers)) {
                    if (!runs(fuzzer)) {
                        faults++;
                        fuzzers.remove(fuzzer);
                    }
                }
            }
            fuzzers.forEach(fuzzer -> System.out.println(fuzzer.summary()));
        }
        System.out.println("faults=" + faults);
        System.exit(faults == 0 ? 0 : 1);
    }

    /** Ends the JVM if an input is not read to its end; nothing else could. */
    private static void watch(final List<Fuzzer> fuzzers) {
        final Thread watcher = new Thread(
                () -> {
                    while (true) {
                        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                        for (final Fuzzer fuzzer : fuzzers) {
                            final String hanging = fuzzer.hangs(HANGS_NS);
                            if (hanging != null) {
                                System.out.println("FAULT: " + hanging);
                                Runtime.getRuntime().halt(1);
                            }
                        }
                    }
                },
                "watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static boolean runs(final Fuzzer fuzzer) {
        try {
            fuzzer.run(BURST);
            return true;
        } catch (final AssertionError e) {
            System.out.println("FAULT in " + fuzzer.summary());
            e.printStackTrace(System.out);
            return false;
        }
    }

    private static String property(final String name, final String byDefault) {
        final String value = System.getProperty(name, "");
        return value.isBlank() ? byDefault : value;
    }
}
