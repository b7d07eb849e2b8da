/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.NodeConfig;
import io.thornback.node.StopOrder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback drain}. */
@Command(
        name = "drain",
        sortOptions = false,
        description = {
            "Stops this host's node when its tasks are done.",
            "From now on it takes no more from drivers; what it has taken on, and what those tasks submit, is finished. Actors end with the node."
        },
        footer = {
            "",
            "Examples:",
            "  thornback drain",
            "  thornback drain --deadline 5m",
            "",
            "Interrupted, the node drains on; 'thornback stop --now' ends that. Exit code 0 when all tasks were finished, 1 when some were ended at the deadline, 3 when no node is running."
        })
final class DrainCommand implements Callable<Integer> {
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
        return switch (StopProgress.stop(
                spec, folder, StopOrder.Mode.FINISH, NodeConfig.DRAIN_TIMEOUT, "--deadline", deadline)) {
            case STOPPED -> 0;
            case CUT_OFF, KILLED -> CliErrors.FAILED;
            case NOTHING_RUNNING -> StatusCommand.NOT_RUNNING;
        };
    }
}
