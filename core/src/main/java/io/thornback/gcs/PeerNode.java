/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.NodeState;
import java.util.Map;

/**
 * A node as those that follow the cluster's nodes are told of it. Immutable; any thread.
 *
 * @param nodeId hexadecimal digits
 * @param state of one that is DEAD only this is told
 * @param address where it is reached
 * @param port where it listens there; 0: nowhere
 * @param total its resources in all
 * @param labels its labels
 */
public record PeerNode(
        String nodeId, NodeState state, String address, int port, ResourceSet total, Map<String, String> labels) {
    public PeerNode {
        NodeRegistration.requireNodeId(nodeId);
        labels = Map.copyOf(labels);
    }

    static PeerNode of(NodeEntry entry) {
        final NodeRegistration node = entry.registration;
        return entry.isDead()
                ? new PeerNode(node.nodeId(), entry.state, "", 0, ResourceSet.EMPTY, Map.of())
                : new PeerNode(
                        node.nodeId(),
                        entry.state,
                        node.address(),
                        node.port(),
                        entry.load.total(),
                        entry.load.labels());
    }
}
