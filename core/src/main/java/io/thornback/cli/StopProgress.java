/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.Setting;
import io.thornback.node.NodeStopper;
import io.thornback.node.StopOrder;
import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Stops a node for a command, and says meanwhile what it waits for, whenever that has changed. One thread. */
final class StopProgress {
    private final PrintWriter err;
    private String lastSaid = "";

    private StopProgress(PrintWriter err) {
        this.err = err;
    }

    /**
     * Stops a node; what became of it is printed.
     *
     * @param setting how the limit is written
     * @param flag its name
     * @param limit what was given; may be null
     */
    static NodeStopper.Outcome stop(
            CommandSpec command,
            FolderFlags folder,
            StopOrder.Mode mode,
            Setting<Duration> setting,
            String flag,
            String limit) {
        ConfigurationSources sources = folder.sources();
        NodeFlags.flag(sources, setting, limit, flag);
        Configuration configuration = sources.resolve();
        Path dir = configuration.node().dir();
        StopOrder order = new StopOrder(mode, Optional.ofNullable(limit).map(given -> configuration.get(setting)));
        long startNs = System.nanoTime();
        NodeStopper.Report report = NodeStopper.stop(
                dir, order, new StopProgress(command.commandLine().getErr())::look);
        long elapsedMs = (System.nanoTime() - startNs) / 1_000_000;
        PrintWriter out = command.commandLine().getOut();
        out.println(describe(report, dir, elapsedMs));
        out.flush();
        return report.outcome();
    }

    /** Looks into the session's shared memory, which may be just going. */
    private void look(Path shm) {
        CountersSnapshot now;
        try {
            now = CountersSnapshot.read(shm);
        } catch (RuntimeException e) {
            return; // it is gone: the roles end
        }
        long running = now.get(Counter.TASKS_RUNNING);
        long waiting = now.get(Counter.TASKS_QUEUED) + now.get(Counter.TASKS_AHEAD);
        String text = running + waiting > 0
                ? "tasks that run: " + running + ", that wait: " + waiting
                : "no tasks; calls of actors run, or roles end";
        if (!text.equals(lastSaid)) {
            lastSaid = text;
            err.println(text + "; 'thornback stop --now' ends them");
            err.flush();
        }
    }

    private static String describe(NodeStopper.Report report, Path dir, long elapsedMs) {
        return switch (report.outcome()) {
            case NOTHING_RUNNING -> "no node is running in " + dir;
            case STOPPED -> "stopped the node of supervisor " + report.supervisorPid() + " in " + elapsedMs + " ms";
            case CUT_OFF ->
                "stopped the node of supervisor " + report.supervisorPid() + " in " + elapsedMs
                        + " ms; tasks that were not finished were ended";
            case KILLED ->
                "killed " + report.killed() + " processes of the node in " + dir + " in " + elapsedMs + " ms";
        };
    }
}
