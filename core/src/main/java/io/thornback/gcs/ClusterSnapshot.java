/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.wire.NodeState;
import java.util.List;

/**
 * The cluster at one moment.
 *
 * @param sequence grows by one with each change; equal numbers of one GCS mean equal content (times apart)
 * @param nodes in the order in which they joined, dead ones that are still remembered included
 * @param jobs in the order in which they started, finished ones that are still remembered included
 */
public record ClusterSnapshot(long sequence, List<NodeInfo> nodes, List<JobInfo> jobs) {
    public ClusterSnapshot {
        nodes = List.copyOf(nodes);
        jobs = List.copyOf(jobs);
    }

    /** How many nodes are in this state. */
    public long count(NodeState state) {
        return nodes.stream().filter(node -> node.state() == state).count();
    }
}
