/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.NodeConfig;
import io.thornback.node.StopOrder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thornback drain}. */
@Command(
        name = "drain",
        sortOptions = false,
        description = {
            "Stops a node when its tasks are done: this host's, or another of its cluster.",
            "From now on it takes no more from drivers; tasks and calls that it has taken on, and what those submit and call, are finished. Actors end with the node."
        },
        footer = {
            "",
            "Examples:",
            "  thornback drain",
            "  thornback drain --deadline 5m",
            "  thornback drain 4be1c0d2 --deadline 5m --reason 'new disk'",
            "  thornback drain 10.0.0.7",
            "",
            "Interrupted, the node drains on; 'thornback stop --now' on its host ends that. Exit code 0 when all tasks were finished, 1 when the deadline was reached first, 3 when no node is running here."
        })
final class DrainCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "NODE",
            description =
                    "The first digits of its id, or its address, as 'thornback status' shows them; default: this host's node.")
    private String node;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why, for the logs of the node and of the head; with NODE.")
    private String reason;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "When tasks that are not finished are ended, such as 5m; default: never.")
    private String deadline;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (node != null) {
            return new ClusterDrain(spec, folder).drain(node, deadline, reason);
        }
        if (reason != null) {
            throw new ParameterException(spec.commandLine(), "--reason is for another node: name it");
        }
        return switch (StopProgress.stop(
                spec, folder, StopOrder.Mode.FINISH, NodeConfig.DRAIN_TIMEOUT, "--deadline", deadline)) {
            case STOPPED -> 0;
            case CUT_OFF, KILLED -> CliErrors.FAILED;
            case NOTHING_RUNNING -> StatusCommand.NOT_RUNNING;
        };
    }
}
