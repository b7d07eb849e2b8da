/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.node.NodeStatus;
import io.thornback.node.NodeStatus.ProcessStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback status}. */
@Command(
        name = "status",
        sortOptions = false,
        description = "Shows the node, its processes and what they use.",
        footer = {
            "",
            "Examples:",
            "  thornback status",
            "  thornback status --watch",
            "  thornback status --json",
            "",
            "Exit code 3 if no node is running."
        })
final class StatusCommand implements Callable<Integer> {

    static final int NOT_RUNNING = 3;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private WatchFlags watch;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        watch.check(spec);
        Path dir = folder.configuration().node().dir();
        Terminal terminal = new Terminal(spec.commandLine().getOut());
        return watch.repeat(() -> look(dir, terminal));
    }

    private OptionalInt look(Path dir, Terminal terminal) {
        Optional<NodeStatus> status = NodeStatus.of(dir);
        if (status.isEmpty()) {
            notRunning(terminal.out(), dir);
            return OptionalInt.of(NOT_RUNNING);
        }
        ClusterView cluster = ClusterView.ask(status.get().node());
        if (json) {
            Map<String, Object> values = toMap(status.get());
            values.put("cluster", cluster.toMap());
            terminal.out().println(watch.isOn() ? Json.writeLine(values) : Json.write(values));
        } else {
            watch.begin(terminal);
            print(terminal, status.get());
            cluster.print(terminal);
        }
        terminal.out().flush();
        return OptionalInt.empty();
    }

    private void notRunning(PrintWriter out, Path dir) {
        Optional<String> failure = NodeStatus.lastFailure(dir);
        if (json) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("running", false);
            values.put("dir", dir.toString());
            failure.ifPresent(text -> values.put("lastFailure", text));
            out.println(Json.write(values));
            return;
        }
        out.println("no node is running in " + dir + "; start one with 'thornback start --head'");
        failure.ifPresent(text -> {
            out.println("the last one failed:");
            text.lines().forEach(line -> out.println("  " + line));
        });
    }

    static void print(Terminal terminal, NodeStatus status) {
        PrintWriter out = terminal.out();
        out.println(terminal.green("node " + status.node().nodeId().substring(0, 12) + " is running") + " for "
                + status.uptimeS() + " s");
        out.println("  kind     " + status.node().kind().text());
        out.println("  gcs      " + status.node().gcsAddress());
        status.node().plan().ifPresent(plan -> {
            out.println("  cpus     " + plan.memory().cpus().value());
            out.println("  store    "
                    + MemoryAmount.describe(plan.memory().arenaBytes().value()));
        });
        out.println("  session  " + status.node().session().session());
        out.println();
        out.println(String.format("  %-16s %8s %-8s %10s %10s", "process", "pid", "state", "pss", "rss"));
        for (ProcessStatus process : status.processes()) {
            out.println(String.format(
                    "  %-16s %8d %-8s %10s %10s",
                    process.role(),
                    process.pid(),
                    process.state(),
                    MemoryAmount.describe(process.pssBytes()),
                    MemoryAmount.describe(process.rssBytes())));
        }
        for (String missing : status.missing()) {
            out.println("  " + terminal.red(missing + " has died; the node is coming down"));
        }
    }

    private static Map<String, Object> toMap(NodeStatus status) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("running", true);
        values.put("nodeId", status.node().nodeId());
        values.put("kind", status.node().kind().text());
        values.put("uptimeS", status.uptimeS());
        values.put("session", status.node().session().session().toString());
        values.put("shm", status.node().session().shm().toString());
        values.put("gcsHost", status.node().gcsHost());
        values.put("gcsPort", status.node().gcsPort());
        status.node().plan().ifPresent(plan -> {
            values.put("cpus", plan.memory().cpus().value());
            values.put("memoryBytes", plan.memory().totalBytes().value());
            values.put("storeBytes", plan.memory().arenaBytes().value());
            values.put("workersBytes", plan.memory().workersBytes());
        });
        List<Object> processes = new ArrayList<>();
        for (ProcessStatus process : status.processes()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("role", process.role());
            row.put("pid", process.pid());
            row.put("state", process.state());
            row.put("pssBytes", process.pssBytes());
            row.put("rssBytes", process.rssBytes());
            processes.add(row);
        }
        values.put("processes", processes);
        values.put("missing", status.missing());
        return values;
    }
}
