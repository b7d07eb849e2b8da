/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.gcs.NodeDemand;
import io.thornback.gcs.NodeInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.labels.LabelManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a node has and what its tasks wait for, for {@code status}. */
final class DemandLines {
    private DemandLines() {}

    static void print(Terminal terminal, NodeInfo info) {
        NodeLoad load = info.load();
        String node = info.registration().nodeId().substring(0, 12);
        terminal.out()
                .println("  " + node + " resources " + load.total() + ", available " + load.available() + labels(load));
        for (NodeDemand demand : load.demands()) {
            String line = demand.count() + (demand.count() == 1 ? " task waits" : " tasks wait") + " since "
                    + demand.oldestMs() / 1000 + " s, each for " + demand.request()
                    + (demand.infeasible() ? ": no node can run it: " : ": ") + demand.reason();
            terminal.out().println("  " + (demand.infeasible() ? terminal.red(line) : line));
        }
    }

    private static String labels(NodeLoad load) {
        String labels = load.labels().entrySet().stream()
                .filter(e -> !e.getKey().startsWith(LabelManager.RESERVED))
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", "));
        return labels.isEmpty() ? "" : ", labels " + labels;
    }

    static List<Object> toList(NodeLoad load) {
        List<Object> rows = new ArrayList<>();
        for (NodeDemand demand : load.demands()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("tasks", demand.count());
            row.put("sinceMs", demand.oldestMs());
            row.put("infeasible", demand.infeasible());
            row.put("request", demand.request());
            row.put("reason", demand.reason());
            rows.add(row);
        }
        return rows;
    }
}
