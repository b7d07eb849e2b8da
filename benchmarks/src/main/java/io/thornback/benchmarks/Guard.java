/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.benchmarks.GuardLimits.Measured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Keeps the hot path honest: measures each operation and its reference in one run, and fails if one allocates that promises not to, or takes
 * more than twice as long, by its reference, as is recorded. What fails is measured again, once: a machine can be busy. Two
 * fixtures, one slow and one that allocates, must fail, or the guard does.
 *
 * <p>Argument: the file of {@link GuardLimits}; behind it {@code --record} prints lines for that file instead of judging.
 */
final class Guard {
    /** Of the samples: a busy machine makes some slower, and none faster. */
    private static final double PERCENTILE = 10;

    private static final String BASE = "getAndRelease";
    private static final List<String> FIXTURES = List.of("slowed", "allocating");

    private final Map<String, Measured> measured = new HashMap<>();

    private Guard() {}

    /** Runs the guard; exits with 1 if something is wrong. */
    public static void main(String[] arguments) throws IOException, RunnerException {
        List<GuardLimits> limits = GuardLimits.read(Path.of(arguments[0]));
        boolean recording = arguments.length > 1 && arguments[1].equals("--record");
        Guard guard = new Guard();
        Set<String> wanted = new TreeSet<>();
        for (GuardLimits limit : limits) {
            wanted.add(limit.operation());
            wanted.add(limit.reference());
        }
        if (!recording) {
            wanted.addAll(FIXTURES);
        }
        guard.measure(wanted);
        if (recording) {
            guard.record(limits);
            return;
        }
        List<String> complaints = guard.judge(limits);
        guard.print(limits);
        complaints.forEach(System.err::println);
        if (!complaints.isEmpty()) {
            System.exit(1);
        }
    }

    private List<String> judge(List<GuardLimits> limits) throws RunnerException {
        Set<String> again = new TreeSet<>();
        for (GuardLimits limit : limits) {
            if (complaint(limit) != null) {
                System.err.println("measured again: " + complaint(limit));
                again.add(limit.operation());
                again.add(limit.reference());
            }
        }
        if (!again.isEmpty()) {
            measure(again);
        }
        List<String> complaints = new ArrayList<>();
        for (GuardLimits limit : limits) {
            String complaint = complaint(limit);
            if (complaint != null) {
                complaints.add(complaint);
            }
            if (limit.operation().equals(BASE)) {
                for (String fixture : FIXTURES) {
                    if (complaint(limit.of(fixture)) == null) {
                        complaints.add("the guard is blind: it accepts " + fixture + ": " + measured.get(fixture));
                    }
                }
            }
        }
        return complaints;
    }

    private String complaint(GuardLimits limit) {
        return limit.complaint(measured.get(limit.operation()), measured.get(limit.reference()));
    }

    private void measure(Set<String> methods) throws RunnerException {
        String pattern = GuardBenchmark.class.getName().replace(".", "\\.") + "\\.(" + String.join("|", methods) + ")$";
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(pattern)
                        .addProfiler(GCProfiler.class)
                        .jvmArgsAppend("-Xmx256m", "-XX:+UseSerialGC")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        for (RunResult result : results) {
            String name = result.getPrimaryResult().getLabel();
            Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
            measured.put(
                    name,
                    new Measured(
                            result.getPrimaryResult().getStatistics().getPercentile(PERCENTILE)
                                    / GuardBenchmark.OPERATIONS,
                            bytes == null ? Double.NaN : bytes.getScore() / GuardBenchmark.OPERATIONS));
        }
    }

    private void print(List<GuardLimits> limits) {
        System.out.printf("%-16s %10s %8s  %-14s %8s %8s%n", "operation", "ns", "B/op", "by", "times", "at most");
        for (GuardLimits limit : limits) {
            Measured now = measured.get(limit.operation());
            System.out.printf(
                    "%-16s %10.1f %8.2f  %-14s %8.2f %8.2f%n",
                    limit.operation(),
                    now.ns(),
                    now.bytes(),
                    limit.reference(),
                    now.ns() / measured.get(limit.reference()).ns(),
                    limit.ratio() * GuardLimits.TOLERANCE);
        }
    }

    private void record(List<GuardLimits> limits) {
        for (GuardLimits limit : limits) {
            System.out.printf(
                    "%s = %s %.2f%s%n",
                    limit.operation(),
                    limit.reference(),
                    measured.get(limit.operation()).ns()
                            / measured.get(limit.reference()).ns(),
                    limit.noAllocation() ? " 0B" : "");
        }
    }
}
