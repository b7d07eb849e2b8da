/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.MemoryAmount;
import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
import io.thornback.node.NodePlan;
import io.thornback.node.NodeStarter;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thornback start}. */
@Command(
        name = "start",
        sortOptions = false,
        description = "Starts a node on this host and returns when it is ready.",
        footer = {
            "",
            "Examples:",
            "  thornback start --head",
            "  thornback start --head --cpus 8 --store-memory 4g --workers 4",
            "  thornback start --head --dir /var/lib/thornback --resources gpu=2",
            "",
            "A start that fails undoes what it did, says which step failed and why, and ends with exit code 1."
        })
final class StartCommand implements Callable<Integer> {

    @Option(names = "--head", description = "Start the first node of a cluster, with the GCS.")
    private boolean head;

    @Mixin
    private NodeFlags flags;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!head) {
            throw new ParameterException(
                    spec.commandLine(), "Missing option: '--head'; a node of its own is all that this version starts");
        }
        Configuration configuration = flags.configuration(folder);
        Terminal terminal = new Terminal(spec.commandLine().getOut());
        long startNs = System.nanoTime();
        try (NodeStarter starter = NodeStarter.start(configuration, step -> progress(terminal, step))) {
            starter.keep();
            summary(terminal, starter.node(), (System.nanoTime() - startNs) / 1_000_000);
        }
        return 0;
    }

    private static void progress(Terminal terminal, NodeStarter.Step step) {
        if (terminal.isTerminal()) {
            terminal.out().println(terminal.dim(String.format("  %-12s %5d ms", step.name(), step.elapsedMs())));
            terminal.out().flush();
        }
    }

    private static void summary(Terminal terminal, NodeFile node, long elapsedMs) {
        PrintWriter out = terminal.out();
        NodePlan plan = node.plan().orElseThrow(() -> new NodeException("the node went down at once", ""));
        out.println(
                terminal.green("node " + node.nodeId().substring(0, 12) + " is ready") + " after " + elapsedMs + " ms");
        out.println("  gcs      " + node.gcsHost() + ":" + node.gcsPort());
        out.println("  cpus     " + plan.memory().cpus().value());
        out.println(
                "  memory   " + MemoryAmount.describe(plan.memory().totalBytes().value())
                        + ", of which object store "
                        + MemoryAmount.describe(plan.memory().arenaBytes().value())
                        + ", workers " + MemoryAmount.describe(plan.memory().workersBytes()));
        out.println("  logs     " + node.session().logs());
        out.println("stop it with 'thornback stop'");
        out.flush();
    }
}
