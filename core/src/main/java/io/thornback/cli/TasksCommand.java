/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.TaskInfo;
import io.thornback.observe.TaskState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thornback tasks}. */
@Command(
        name = "tasks",
        sortOptions = false,
        description = {
            "Lists the latest tasks, actor creations and actor calls: those that wait, that run, and that are over.",
            "It reads shared memory and asks nobody: it works while the node is busy or stuck. The node keeps the latest"
                    + " (setting raylet.task-events); 'thornback stat' counts them all."
        },
        footer = {
            "",
            "Examples:",
            "  thornback tasks",
            "  thornback tasks --state running",
            "  thornback tasks --state failed --name WordCount --job 3",
            "  thornback tasks 8f3587 --json",
            "",
            "waited: from its submission until a worker began it. took: the function. Exit code 1 if there is no task of this"
                    + " id, 3 if no node is running."
        })
final class TasksCommand extends ListCommand<TaskInfo> {

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only tasks whose id begins with these hex digits.")
    private String id;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those in a state: queued, running, finished, failed, cancelled.")
    private String state;

    @Option(names = "--name", paramLabel = "TEXT", description = "Only those whose name contains this.")
    private String name;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Only those of a kind: task, actor (its creation), call.")
    private String kind;

    TasksCommand() {
        super("task", 100);
    }

    @Override
    void check(CommandSpec ofCommand) {
        Filters.check(ofCommand, "--state", state, TaskState.values());
        Filters.check(ofCommand, "--kind", kind, TaskInfo.Kind.values());
    }

    @Override
    List<TaskInfo> read(Path shmDir) {
        return TaskInfo.list(shmDir);
    }

    @Override
    boolean isWanted(TaskInfo task) {
        return Filters.is(state, task.state())
                && Filters.is(kind, task.kind())
                && (name == null || task.name().contains(name))
                && (id == null || task.id().toString().startsWith(id.toLowerCase(Locale.ROOT)));
    }

    @Override
    int jobOf(TaskInfo task) {
        return task.id().job().value();
    }

    @Override
    boolean isOneNamed() {
        return id != null;
    }

    @Override
    Table toTable(List<TaskInfo> tasks) {
        long now = System.nanoTime();
        Table table = new Table(
                "task",
                "state",
                "kind",
                "name",
                "#job",
                "parent",
                "#worker",
                "#pid",
                "#attempt",
                "#waited",
                "#took",
                "asks for");
        for (TaskInfo task : tasks) {
            TaskInfo.Times times = task.times();
            boolean isOver = task.state().isOver();
            long end = times.endedNs() != 0 || isOver ? times.endedNs() : now;
            // The raylet hears when a task began only when it has ended: what runs is shown from when it was sent.
            long begun = times.startedNs() != 0 ? times.startedNs() : times.scheduledNs();
            long begin = begun != 0 || isOver ? begun : now;
            table.add(
                    task.id(),
                    task.state(),
                    task.kind().toString().toLowerCase(Locale.ROOT),
                    task.name(),
                    task.id().job().value(),
                    task.parent()
                            .map(parent -> parent.toString().substring(0, 16))
                            .orElse(null),
                    task.worker() == 0 ? null : task.worker(),
                    task.pid() == 0 ? null : task.pid(),
                    task.attempt(),
                    Durations.between(times.submittedNs(), begin),
                    Durations.between(begun, end),
                    task.resources());
        }
        return table;
    }

    @Override
    Map<String, Object> toMap(TaskInfo task) {
        TaskInfo.Times times = task.times();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", task.id().toString());
        values.put("state", task.state().toString());
        values.put("kind", task.kind().toString());
        values.put("name", task.name());
        values.put("job", task.id().job().value());
        values.put("parent", task.parent().map(Object::toString).orElse(null));
        values.put("actor", task.id().actor().isActor() ? task.id().actor().toString() : null);
        values.put("worker", task.worker());
        values.put("pid", task.pid());
        values.put("attempt", task.attempt());
        values.put("resources", task.resources());
        values.put("submittedNs", times.submittedNs());
        values.put("scheduledNs", times.scheduledNs());
        values.put("startedNs", times.startedNs());
        values.put("endedNs", times.endedNs());
        values.put("storedNs", times.storedNs());
        return values;
    }
}
