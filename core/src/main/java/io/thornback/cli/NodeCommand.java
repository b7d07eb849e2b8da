/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.node.NodeFile;
import io.thornback.raylet.NodeChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thornback node}: other resources or labels for the node that runs. */
@Command(
        name = "node",
        sortOptions = false,
        description = "Changes the resources and labels of the running node, until it stops.",
        footer = {
            "",
            "Examples:",
            "  thornback node --set-resource gpu=2",
            "  thornback node --set-label zone=b --remove-label old",
            "",
            "Tasks that wait for what the node now has begin; what runs keeps what it holds.",
            "For the next start, change the configuration too. Exit code 3 if no node is running."
        })
final class NodeCommand implements Callable<Integer> {

    @Option(
            names = "--set-resource",
            paramLabel = "NAME=AMOUNT",
            description = "The node has so much of a resource in all; 0 takes it away. May be repeated.")
    private Map<String, String> resources = new LinkedHashMap<>();

    @Option(names = "--set-label", paramLabel = "KEY=VALUE", description = "Sets a label. May be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--remove-label", paramLabel = "KEY", description = "Removes a label. May be repeated.")
    private java.util.List<String> removed = new java.util.ArrayList<>();

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (resources.isEmpty() && labels.isEmpty() && removed.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing: --set-resource, --set-label or --remove-label");
        }
        return NodeView.withNode(folder, spec, this::change);
    }

    private int change(final NodeFile node) {
        final NodeChange.Outcome outcome;
        try {
            outcome = new NodeChange(resources, labels, removed)
                    .apply(node.session().shm());
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        final Terminal terminal = new Terminal(spec.commandLine().getOut());
        terminal.out()
                .println("node " + node.nodeId().substring(0, 12) + " ("
                        + node.kind().text() + ")");
        terminal.out().println("  resources " + outcome.resources());
        terminal.out().println("  labels    " + (outcome.labels().isEmpty() ? "none" : outcome.labels()));
        return 0;
    }
}
