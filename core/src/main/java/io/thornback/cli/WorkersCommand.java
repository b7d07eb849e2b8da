/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback workers}. */
@Command(
        name = "workers",
        sortOptions = false,
        description = {
            "Lists the workers of the node, and what each runs.",
            "It reads shared memory and asks nobody: what it shows is a second old at most while the raylet is well."
        },
        footer = {
            "",
            "Examples:",
            "  thornback workers",
            "  thornback workers --state busy --json",
            "",
            "States: starting, idle, busy, blocked (its task waits for an object and has lent its CPUs), actor, stopping.",
            "Exit code 3 if no node is running."
        })
final class WorkersCommand implements Callable<Integer> {

    @Option(names = "--state", paramLabel = "STATE", description = "Only those in a state.")
    private String state;

    @Option(names = "--name", paramLabel = "TEXT", description = "Only those that run a task whose name contains this.")
    private String name;

    @Option(names = "--job", paramLabel = "N", description = "Only those that serve a job.")
    private Integer job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "At most so many, 0 to 100000; ${DEFAULT-VALUE} if not given.")
    private int limit;

    @Option(names = "--json", description = "Print JSON; times in nanoseconds of the host's monotonic clock.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        StoreFolder.checkCount(spec, "--limit", limit);
        Filters.check(spec, "--state", state, WorkerState.values());
        return NodeView.with(folder, spec, this::list);
    }

    private int list(Path shmDir) {
        List<WorkerInfo> workers = WorkerInfo.list(shmDir).stream()
                .filter(worker -> Filters.is(state, worker.state())
                        && (name == null || worker.name().contains(name))
                        && (job == null || worker.job() == job))
                .limit(limit)
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(workers.stream().map(WorkersCommand::toMap).toList()));
        } else if (workers.isEmpty()) {
            out.println("no such worker");
        } else {
            print(out, workers);
        }
        return 0;
    }

    private static void print(PrintWriter out, List<WorkerInfo> workers) {
        long now = System.nanoTime();
        Table table =
                new Table("#worker", "#pid", "state", "#job", "#memory", "#age", "#for", "runs", "#attempt", "task");
        for (WorkerInfo worker : workers) {
            table.add(
                    worker.number(),
                    worker.pid() == 0 ? null : worker.pid(),
                    worker.state(),
                    worker.job() == 0 ? null : worker.job(),
                    MemoryAmount.describe(worker.processBytes()),
                    Durations.between(worker.launchedNs(), now),
                    Durations.between(worker.sinceNs(), now),
                    worker.name(),
                    worker.attempt() == 0 ? null : worker.attempt(),
                    worker.task().orElse(null));
        }
        table.print(out);
    }

    private static Map<String, Object> toMap(WorkerInfo worker) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("worker", worker.number());
        values.put("pid", worker.pid());
        values.put("state", worker.state().toString());
        values.put("job", worker.job());
        values.put("task", worker.task().map(Object::toString).orElse(null));
        values.put("name", worker.name());
        values.put("attempt", worker.attempt());
        values.put("memoryBytes", worker.processBytes());
        values.put("launchedNs", worker.launchedNs());
        values.put("sinceNs", worker.sinceNs());
        return values;
    }
}
