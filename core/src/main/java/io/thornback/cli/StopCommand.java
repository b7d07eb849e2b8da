/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.node.NodeStopper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback stop}. */
@Command(
        name = "stop",
        sortOptions = false,
        description = "Stops the node and everything that it started.",
        footer = {
            "",
            "Examples:",
            "  thornback stop",
            "  thornback stop --timeout 60s",
            "  thornback stop --force",
            "",
            "What has not stopped when the time is over is killed. Exit code 0 when nothing is left running, also if nothing ran."
        })
final class StopCommand implements Callable<Integer> {

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long an orderly stop may take, such as 30s; default: node.stop-timeout and 5 s.")
    private String timeout;

    @Option(names = "--force", description = "Kill at once.")
    private boolean force;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var sources = folder.sources();
        NodeFlags.flag(sources, NodeConfig.STOP_TIMEOUT, timeout, "--timeout");
        Configuration configuration = sources.resolve();
        Path dir = configuration.node().dir();
        var limit = timeout == null
                ? configuration.node().stopTimeout().plusSeconds(5)
                : configuration.node().stopTimeout();
        long startNs = System.nanoTime();
        NodeStopper.Report report = NodeStopper.stop(dir, limit, force);
        long elapsedMs = (System.nanoTime() - startNs) / 1_000_000;
        PrintWriter out = spec.commandLine().getOut();
        switch (report.outcome()) {
            case NOTHING_RUNNING -> out.println("no node is running in " + dir);
            case STOPPED ->
                out.println("stopped the node of supervisor " + report.supervisorPid() + " in " + elapsedMs + " ms");
            case KILLED ->
                out.println(
                        "killed " + report.killed() + " processes of the node in " + dir + " in " + elapsedMs + " ms");
        }
        return 0;
    }
}
