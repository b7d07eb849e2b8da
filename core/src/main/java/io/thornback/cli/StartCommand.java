/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.MemoryAmount;
import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeKind;
import io.thornback.node.NodePlan;
import io.thornback.node.NodeStarter;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback start}. */
@Command(
        name = "start",
        sortOptions = false,
        description = "Starts a node on this host and returns when it is ready (with --foreground, when it has ended).",
        footer = {
            "",
            "Examples:",
            "  thornback start --head",
            "  thornback start --head --cpus 8 --store-memory 4g --workers 4",
            "  thornback start --head --dir /var/lib/thornback --resources gpu=2",
            "  thornback start --head --foreground",
            "  thornback start --address head.example:6379 --token-file /etc/thornback/token",
            "",
            "A node that joins is listed by 'thornback status' of all nodes. In this version tasks and actors run on the",
            "node where they are submitted, objects stay there, and an actor's name is known there only.",
            "",
            "A start that fails undoes what it did, says which step failed and why, and ends with exit code 1."
        })
final class StartCommand implements Callable<Integer> {

    /** A step of waiting that is shorter is not worth a line of a log. */
    private static final long WORTH_A_LINE_MS = 2_000;

    @Mixin
    private JoinFlags joining;

    @Option(
            names = {"--foreground", "--block"},
            description = "Stay until the node has ended, and end it with this process: for systemd and containers.")
    private boolean foreground;

    @Mixin
    private NodeFlags flags;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ConfigurationSources sources = folder.sources();
        joining.addTo(sources, spec);
        Configuration configuration = flags.configuration(sources);
        boolean joins = configuration.cluster().address().isPresent();
        joining.check(joins, flags.describesGcs(), spec);
        Terminal terminal = new Terminal(spec.commandLine().getOut());
        PrintWriter err = spec.commandLine().getErr();
        ForegroundStart beginning = foreground ? ForegroundStart.begin(configuration, err) : null;
        long startNs = System.nanoTime();
        try (NodeStarter starter = joins
                ? NodeStarter.join(
                        configuration, joining.token(System.getenv(), spec), step -> progress(terminal, step))
                : NodeStarter.start(configuration, step -> progress(terminal, step))) {
            if (!foreground) {
                starter.keep();
            }
            summary(terminal, starter.node(), (System.nanoTime() - startNs) / 1_000_000);
            if (!joins && configuration.gcs().insecure()) {
                terminal.out()
                        .println(
                                "  network  plain text (gcs.insecure): anybody on this host who may capture packets reads the token");
                terminal.out().flush();
            }
            return foreground ? new Foreground(starter, beginning, err).await() : 0;
        }
    }

    /** On a terminal each step; elsewhere only what a start that takes long is waiting for. */
    private void progress(Terminal terminal, NodeStarter.Step step) {
        if (terminal.isTerminal()) {
            String waits = step.waitsFor().isEmpty() ? "" : "  waits for " + step.waitsFor();
            terminal.out()
                    .println(terminal.dim(String.format("  %-12s %5d ms%s", step.name(), step.elapsedMs(), waits)));
            terminal.out().flush();
        } else if (!step.waitsFor().isEmpty() && step.elapsedMs() > WORTH_A_LINE_MS) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("thornback: " + step.name() + " waits for " + step.waitsFor());
            err.flush();
        }
    }

    private static void summary(Terminal terminal, NodeFile node, long elapsedMs) {
        PrintWriter out = terminal.out();
        NodePlan plan = node.plan().orElseThrow(() -> new NodeException("the node went down at once", ""));
        out.println(
                terminal.green("node " + node.nodeId().substring(0, 12) + " is ready") + " after " + elapsedMs + " ms");
        out.println("  gcs      " + node.gcsAddress() + (node.kind() == NodeKind.JOINED ? ", joined" : ""));
        out.println("  cpus     " + plan.memory().cpus().value());
        out.println(
                "  memory   " + MemoryAmount.describe(plan.memory().totalBytes().value())
                        + ", of which object store "
                        + MemoryAmount.describe(plan.memory().arenaBytes().value())
                        + ", workers " + MemoryAmount.describe(plan.memory().workersBytes()));
        if (node.kind() == NodeKind.HEAD) {
            out.println("  token    "
                    + node.session().latest().resolve(node.session().token().getFileName()));
        }
        out.println("  logs     " + node.session().logs());
        out.println("stop it with 'thornback stop'");
        out.flush();
    }
}
