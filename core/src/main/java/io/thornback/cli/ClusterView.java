/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.gcs.ClusterSnapshot;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.node.NodeFile;
import io.thornback.transport.net.NetException;
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
 * @param error why there was none; empty if there was one
 */
record ClusterView(ClusterSnapshot snapshot, String error) {

    private static final Duration LIMIT = Duration.ofSeconds(3);

    static ClusterView ask(NodeFile node) {
        try {
            String token = Files.readString(node.session().token()).strip();
            GcsClient.Options options = GcsClient.Options.tool(node.gcsHost(), node.gcsPort(), token);
            try (GcsClient client = GcsClient.connect(options)) {
                return new ClusterView(client.clusterState(LIMIT), "");
            }
        } catch (IOException | NetException e) {
            return new ClusterView(null, "the GCS does not answer: " + e.getMessage());
        }
    }

    void print(Terminal terminal) {
        PrintWriter out = terminal.out();
        out.println();
        if (snapshot == null) {
            out.println("  " + terminal.red(error));
            return;
        }
        out.println(String.format(
                "  %-14s %-9s %7s %7s %7s %9s %10s",
                "node", "state", "workers", "running", "queued", "finished", "store"));
        for (NodeInfo info : snapshot.nodes()) {
            NodeLoad load = info.load();
            out.println(String.format(
                    "  %-14s %-9s %7d %7d %7d %9d %10s",
                    info.registration().nodeId().substring(0, 12),
                    info.state(),
                    load.workers(),
                    load.runningTasks(),
                    load.queuedTasks(),
                    load.finishedTasks(),
                    MemoryAmount.describe(load.storeUsedBytes())));
        }
        for (NodeInfo info : snapshot.nodes()) {
            DemandLines.print(terminal, info);
        }
        for (JobInfo job : snapshot.jobs()) {
            if (job.isRunning()) {
                out.println("  job " + job.jobId() + " " + job.name() + ", driver pid " + job.driverPid());
            }
        }
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
            row.put("name", job.name());
            row.put("driverPid", job.driverPid());
            row.put("running", job.isRunning());
            jobs.add(row);
        }
        values.put("jobs", jobs);
        return values;
    }
}
