/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import io.thornback.observe.Histogram;
import io.thornback.observe.Latency;
import io.thornback.observe.ObserveException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback stat}. */
@Command(
        name = "stat",
        sortOptions = false,
        description = {
            "Shows the node's counters, and how long the stages of its tasks take.",
            "It reads shared memory and asks nobody: it costs the node nothing, and works while it is busy or stuck."
        },
        footer = {
            "",
            "Examples:",
            "  thornback stat",
            "  thornback stat --watch",
            "  thornback stat --watch=5 --times 12 --json",
            "",
            "With --watch, rates and latencies are those since the look before. 'as of' says how long ago the raylet looked at its"
                    + " queues and workers: more than two seconds mean that it is stuck. Exit code 3 if no node is running."
        })
final class StatCommand implements Callable<Integer> {

    @Mixin
    private WatchFlags watch;

    @Option(names = "--json", description = "Print JSON, one object for each look; latencies in nanoseconds.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        watch.check(spec);
        return NodeView.with(folder, spec, this::look);
    }

    private int look(Path shmDir) {
        Terminal terminal = new Terminal(spec.commandLine().getOut());
        CountersSnapshot[] before = {null};
        return watch.repeat(() -> {
            CountersSnapshot now;
            try {
                now = CountersSnapshot.read(shmDir);
            } catch (ObserveException e) {
                if (before[0] == null) {
                    throw e;
                }
                spec.commandLine().getErr().println("thornback: the node has stopped");
                return OptionalInt.of(StatusCommand.NOT_RUNNING);
            }
            show(terminal, now, before[0]);
            before[0] = now;
            return OptionalInt.empty();
        });
    }

    private void show(Terminal terminal, CountersSnapshot now, CountersSnapshot before) {
        PrintWriter out = terminal.out();
        if (json) {
            out.println(!watch.isOn() ? Json.write(toMap(now, before)) : Json.writeLine(toMap(now, before)));
        } else {
            watch.begin(terminal);
            print(terminal, now, before);
        }
        out.flush();
    }

    private static Histogram latency(CountersSnapshot now, CountersSnapshot before, Latency latency) {
        return before == null ? now.latency(latency) : now.latency(latency).since(before.latency(latency));
    }

    private static void print(Terminal terminal, CountersSnapshot now, CountersSnapshot before) {
        PrintWriter out = terminal.out();
        String raylet = "raylet, pid " + now.owner().pid();
        out.println(
                (now.owner().isAlive() ? terminal.green(raylet) : terminal.red(raylet + " is dead; its last figures"))
                        + ", up " + Durations.of(now.takenNs() - now.createdNs()) + ", as of "
                        + Durations.of(Math.max(0, now.takenNs() - now.updatedNs())) + " ago");
        Table counters = new Table("counter", "#now", "#per second", "what");
        for (Counter counter : Counter.values()) {
            counters.add(
                    counter.jsonName(),
                    now.get(counter),
                    before == null || !counter.isTotal()
                            ? ""
                            : String.format(Locale.ROOT, "%.1f", now.rateSince(before, counter)),
                    counter.text());
        }
        counters.print(out);
        out.println();
        Table latencies = new Table("a task", "#count", "#mean", "#50 %", "#90 %", "#99 %", "#99.9 %", "#most ever");
        for (Latency latency : Latency.values()) {
            Histogram histogram = latency(now, before, latency);
            latencies.add(
                    latency.text(),
                    histogram.count(),
                    Durations.of(histogram.meanNs()),
                    Durations.of(histogram.quantileNs(0.5)),
                    Durations.of(histogram.quantileNs(0.9)),
                    Durations.of(histogram.quantileNs(0.99)),
                    Durations.of(histogram.quantileNs(0.999)),
                    Durations.of(histogram.maxNs()));
        }
        latencies.print(out);
    }

    private static Map<String, Object> toMap(CountersSnapshot now, CountersSnapshot before) {
        Map<String, Object> counters = new LinkedHashMap<>();
        Map<String, Object> rates = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            counters.put(counter.jsonName(), now.get(counter));
            if (before != null && counter.isTotal()) {
                rates.put(counter.jsonName(), now.rateSince(before, counter));
            }
        }
        Map<String, Object> latencies = new LinkedHashMap<>();
        for (Latency latency : Latency.values()) {
            Histogram histogram = latency(now, before, latency);
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("count", histogram.count());
            values.put("meanNs", histogram.meanNs());
            values.put("p50Ns", histogram.quantileNs(0.5));
            values.put("p90Ns", histogram.quantileNs(0.9));
            values.put("p99Ns", histogram.quantileNs(0.99));
            values.put("p999Ns", histogram.quantileNs(0.999));
            values.put("maxNs", histogram.maxNs());
            latencies.put(latency.jsonName(), values);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("pid", now.owner().pid());
        values.put("alive", now.owner().isAlive());
        values.put("uptimeNs", now.takenNs() - now.createdNs());
        values.put("ageNs", Math.max(0, now.takenNs() - now.updatedNs()));
        values.put("counters", counters);
        if (before != null) {
            values.put("ratesPerSecond", rates);
        }
        values.put("latencies", latencies);
        return values;
    }
}
