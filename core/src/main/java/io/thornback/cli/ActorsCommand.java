/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.ActorInfo;
import io.thornback.observe.ActorPhase;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thornback actors}. */
@Command(
        name = "actors",
        sortOptions = false,
        description = {
            "Lists the actors of the node: those that live, and those that died last with the reason.",
            "It reads shared memory and asks nobody: it works while the node is busy or stuck."
        },
        footer = {
            "",
            "Examples:",
            "  thornback actors",
            "  thornback actors --state alive --name counter",
            "  thornback actors --state dead --json",
            "",
            "'thornback tasks --kind call' lists their latest calls. Exit code 1 if there is no actor of this id, 3 if no node is"
                    + " running."
        })
final class ActorsCommand implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only actors whose id begins with these hex digits.")
    private String id;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those in a state: starting, alive, restarting, dead.")
    private String state;

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            description = "Only those whose name, or what creates them, contains this.")
    private String name;

    @Option(names = "--job", paramLabel = "N", description = "Only those of a job.")
    private Integer job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "At most so many, the latest, 0 to 100000; ${DEFAULT-VALUE} if not given.")
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
        Filters.check(spec, "--state", state, ActorPhase.values());
        return NodeView.with(folder, spec, this::list);
    }

    private int list(Path shmDir) {
        List<ActorInfo> wanted =
                ActorInfo.list(shmDir).stream().filter(this::isWanted).toList();
        List<ActorInfo> latest = wanted.subList(Math.max(0, wanted.size() - limit), wanted.size());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(latest.stream().map(ActorsCommand::toMap).toList()));
        } else if (wanted.isEmpty()) {
            out.println("no such actor");
        } else {
            print(out, latest);
            if (latest.size() < wanted.size()) {
                out.println("  the latest " + latest.size() + " of " + wanted.size() + "; --limit shows more");
            }
        }
        return wanted.isEmpty() && id != null ? CliErrors.FAILED : 0;
    }

    private boolean isWanted(ActorInfo actor) {
        return Filters.is(state, actor.phase())
                && (name == null || actor.name().contains(name) || actor.what().contains(name))
                && (job == null || actor.id().job().value() == job)
                && (id == null || actor.id().toString().startsWith(id.toLowerCase(Locale.ROOT)));
    }

    private static void print(PrintWriter out, List<ActorInfo> actors) {
        long now = System.nanoTime();
        Table table = new Table(
                "actor", "state", "name", "made by", "#job", "#worker", "#pid", "#restarts", "#age", "#for", "reason");
        for (ActorInfo actor : actors) {
            table.add(
                    actor.id(),
                    actor.phase(),
                    actor.name(),
                    actor.what(),
                    actor.id().job().value(),
                    actor.worker() == 0 ? null : actor.worker(),
                    actor.pid() == 0 ? null : actor.pid(),
                    actor.restarts(),
                    Durations.between(actor.createdNs(), now),
                    Durations.between(actor.changedNs(), now),
                    actor.reason());
        }
        table.print(out);
    }

    private static Map<String, Object> toMap(ActorInfo actor) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", actor.id().toString());
        values.put("state", actor.phase().toString());
        values.put("name", actor.name());
        values.put("madeBy", actor.what());
        values.put("job", actor.id().job().value());
        values.put("worker", actor.worker());
        values.put("pid", actor.pid());
        values.put("restarts", actor.restarts());
        values.put("createdNs", actor.createdNs());
        values.put("changedNs", actor.changedNs());
        values.put("reason", actor.reason());
        return values;
    }
}
