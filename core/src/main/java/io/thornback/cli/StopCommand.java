/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.NodeConfig;
import io.thornback.node.StopOrder;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback stop}. */
@Command(
        name = "stop",
        sortOptions = false,
        description = {
            "Stops the node and everything that it started.",
            "The node takes no more tasks, finishes those that it has within node.drain-timeout (10 s unless it was started otherwise), and ends the rest."
        },
        footer = {
            "",
            "Examples:",
            "  thornback stop",
            "  thornback stop --now",
            "  thornback stop --timeout 60s",
            "  thornback stop --force",
            "",
            "What has not stopped when the time is over is killed. Exit code 0 when nothing is left running, also if nothing ran. To wait for tasks however long they take: thornback drain."
        })
final class StopCommand implements Callable<Integer> {

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description =
                    "How long all of it may take, such as 30s; default: the node's drain-timeout, its stop-timeout and 5 s.")
    private String timeout;

    @ArgGroup
    private Haste haste = new Haste();

    /** At most one of them. */
    private static final class Haste {
        @Option(names = "--now", description = "End tasks at once, and all processes in order.")
        private boolean now;

        @Option(names = "--force", description = "Kill at once.")
        private boolean force;
    }

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        StopProgress.stop(spec, folder, mode(), NodeConfig.STOP_TIMEOUT, "--timeout", timeout);
        return 0;
    }

    private StopOrder.Mode mode() {
        if (haste.force) {
            return StopOrder.Mode.KILL;
        }
        return haste.now ? StopOrder.Mode.NOW : StopOrder.Mode.DRAIN;
    }
}
