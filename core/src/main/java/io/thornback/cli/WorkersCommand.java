/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

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
            "limit: the memory that the process may have.",
            "States: starting, idle, busy, blocked (its task waits for an object and has lent its CPUs), actor, stopping.",
            "Exit code 3 if no node is running."
        })
final class WorkersCommand extends ListCommand<WorkerInfo> {

    @Option(names = "--state", paramLabel = "STATE", description = "Only those in a state.")
    private String state;

    @Option(names = "--name", paramLabel = "TEXT", description = "Only those that run a task whose name contains this.")
    private String name;

    WorkersCommand() {
        super("worker", 1000);
    }

    @Override
    void check(CommandSpec ofCommand) {
        Filters.check(ofCommand, "--state", state, WorkerState.values());
    }

    @Override
    List<WorkerInfo> read(Path shmDir) {
        return WorkerInfo.list(shmDir);
    }

    @Override
    boolean isWanted(WorkerInfo worker) {
        return Filters.is(state, worker.state())
                && (name == null || worker.name().contains(name));
    }

    @Override
    int jobOf(WorkerInfo worker) {
        return worker.job();
    }

    @Override
    boolean isOneNamed() {
        return false;
    }

    @Override
    Table toTable(List<WorkerInfo> workers) {
        long now = System.nanoTime();
        Table table =
                new Table("#worker", "#pid", "state", "#job", "#limit", "#age", "#for", "runs", "#attempt", "task");
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
        return table;
    }

    @Override
    Map<String, Object> toMap(WorkerInfo worker) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("worker", worker.number());
        values.put("pid", worker.pid());
        values.put("state", worker.state().toString());
        values.put("job", worker.job());
        values.put("task", worker.task().map(Object::toString).orElse(null));
        values.put("name", worker.name());
        values.put("attempt", worker.attempt());
        values.put("limitBytes", worker.processBytes());
        values.put("launchedNs", worker.launchedNs());
        values.put("sinceNs", worker.sinceNs());
        return values;
    }
}
