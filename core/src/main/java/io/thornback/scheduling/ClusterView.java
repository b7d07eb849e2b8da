/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that a policy chooses among, at one moment. Immutable; any thread.
 *
 * @param localNodeId the node that decides; one of them, unless it takes no more tasks.
 * @param nodes those that live and take tasks.
 * @param argumentBytes bytes of the request's arguments that lie on each node, by node id; a node that is not there has none.
 */
public record ClusterView(String localNodeId, List<NodeView> nodes, Map<String, Long> argumentBytes) {
    /** Copies. */
    public ClusterView {
        nodes = List.copyOf(nodes);
        argumentBytes = Map.copyOf(argumentBytes);
    }

    /** A cluster of this one node. */
    public static ClusterView of(final NodeView local) {
        return new ClusterView(local.nodeId(), List.of(local), Map.of());
    }

    /** The node of this id. */
    public Optional<NodeView> node(final String nodeId) {
        return nodes.stream().filter(node -> node.nodeId().equals(nodeId)).findFirst();
    }

    /** The node that decides. */
    public Optional<NodeView> local() {
        return node(localNodeId);
    }
}
