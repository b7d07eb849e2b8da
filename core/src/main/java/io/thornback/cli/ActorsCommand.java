/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.ActorInfo;
import io.thornback.observe.ActorPhase;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
final class ActorsCommand extends ListCommand<ActorInfo> {

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

    ActorsCommand() {
        super("actor", 100);
    }

    @Override
    void check(CommandSpec ofCommand) {
        Filters.check(ofCommand, "--state", state, ActorPhase.values());
    }

    @Override
    List<ActorInfo> read(Path shmDir) {
        return ActorInfo.list(shmDir);
    }

    @Override
    boolean isWanted(ActorInfo actor) {
        return Filters.is(state, actor.phase())
                && (name == null || actor.name().contains(name) || actor.what().contains(name))
                && (id == null || actor.id().toString().startsWith(id.toLowerCase(Locale.ROOT)));
    }

    @Override
    int jobOf(ActorInfo actor) {
        return actor.id().job().value();
    }

    @Override
    boolean isOneNamed() {
        return id != null;
    }

    @Override
    Table toTable(List<ActorInfo> actors) {
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
        return table;
    }

    @Override
    Map<String, Object> toMap(ActorInfo actor) {
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
