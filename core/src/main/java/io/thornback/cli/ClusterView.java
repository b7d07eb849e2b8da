/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.gcs.ClusterSnapshot;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.node.GcsAbsence;
import io.thornback.node.NodeFile;
import io.thornback.transport.net.NetException;
import io.thornback.transport.wire.NodeState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the GCS knows, for {@code status}. A GCS that does not answer is part of the answer, not an error of the command.
 *
 * @param snapshot the cluster; null if there was no answer
 * @param error why there was none, and since when if that is known; empty if there was one
 * @param self id of the node that is asked about
 */
record ClusterView(ClusterSnapshot snapshot, String error, String self) {

    private static final Duration LIMIT = Duration.ofSeconds(3);

    static ClusterView ask(NodeFile node) {
        try {
            String token = Files.readString(node.session().token()).strip();
            GcsClient.Options options = GcsClient.Options.tool(node.gcsHost(), node.gcsPort(), token);
            try (GcsClient client = GcsClient.connect(options)) {
                return new ClusterView(client.clusterState(LIMIT), "", node.nodeId());
            }
        } catch (IOException | NetException e) {
            String error = "the GCS does not answer: " + e.getMessage()
                    + GcsAbsence.of(node.session()).map(ClusterView::since).orElse("");
            return new ClusterView(null, error, node.nodeId());
        }
    }

    private static String since(GcsAbsence absence) {
        long seconds = Math.max(0, System.currentTimeMillis() - absence.sinceMs()) / 1000;
        return "; this node has had no connection to it for " + seconds + " s (" + absence.reason()
                + "), and joins again by itself";
    }

    void print(Terminal terminal) {
        PrintWriter out = terminal.out();
        out.println();
        if (snapshot == null) {
            out.println("  " + terminal.red(error));
            return;
        }
        out.println(String.format(
                "  %-14s %-9s %7s %7s %7s %9s %10s  %s",
                "node", "state", "workers", "running", "queued", "finished", "store", "address"));
        for (NodeInfo info : snapshot.nodes()) {
            NodeLoad load = info.load();
            out.println(String.format(
                    "  %-14s %-9s %7d %7d %7d %9d %10s  %s",
                    info.registration().nodeId().substring(0, 12),
                    info.state(),
                    load.workers(),
                    load.runningTasks(),
                    load.queuedTasks(),
                    load.finishedTasks(),
                    MemoryAmount.describe(load.storeUsedBytes()),
                    place(info)));
        }
        for (NodeInfo info : snapshot.nodes()) {
            if (info.state() != NodeState.DEAD) {
                DemandLines.print(terminal, info);
            }
        }
        for (JobInfo job : snapshot.jobs()) {
            if (job.isRunning()) {
                out.println("  job " + job.jobId() + " " + job.name() + " on "
                        + job.nodeId().substring(0, 12) + ", driver pid " + job.driverPid());
            }
        }
    }

    private String place(NodeInfo info) {
        boolean heard = info.state() == NodeState.ALIVE || info.state() == NodeState.DRAINING;
        String silence = heard ? "" : ", silent for " + info.sinceHeartbeatMs() / 1000 + " s";
        return info.registration().address()
                + (info.registration().nodeId().equals(self) ? " (this node)" : "")
                + silence;
    }

    Map<String, Object> toMap() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (snapshot == null) {
            values.put("error", error);
            return values;
        }
        List<Object> nodes = new ArrayList<>();
        for (NodeInfo info : snapshot.nodes()) {
            NodeLoad load = info.load();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("nodeId", info.registration().nodeId());
            row.put("state", info.state().toString());
            row.put("address", info.registration().address());
            row.put("port", info.registration().port());
            row.put("pid", info.registration().pid());
            row.put("session", info.registration().sessionDir());
            row.put("sinceHeartbeatMs", info.sinceHeartbeatMs());
            row.put("workers", load.workers());
            row.put("idleWorkers", load.idleWorkers());
            row.put("runningTasks", load.runningTasks());
            row.put("queuedTasks", load.queuedTasks());
            row.put("finishedTasks", load.finishedTasks());
            row.put("failedTasks", load.failedTasks());
            row.put("storeUsedBytes", load.storeUsedBytes());
            row.put("storeObjects", load.storeObjects());
            row.put("total", load.total().toString());
            row.put("available", load.available().toString());
            row.put("labels", load.labels());
            row.put("waiting", DemandLines.toList(load));
            nodes.add(row);
        }
        values.put("nodes", nodes);
        List<Object> jobs = new ArrayList<>();
        for (JobInfo job : snapshot.jobs()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("jobId", job.jobId());
            row.put("nodeId", job.nodeId());
            row.put("name", job.name());
            row.put("driverPid", job.driverPid());
            row.put("running", job.isRunning());
            jobs.add(row);
        }
        values.put("jobs", jobs);
        return values;
    }
}
