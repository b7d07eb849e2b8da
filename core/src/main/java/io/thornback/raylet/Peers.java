/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.PeerNode;
import io.thornback.scheduling.ClusterView;
import io.thornback.scheduling.Decision;
import io.thornback.scheduling.NodeView;
import io.thornback.scheduling.Requirements;
import io.thornback.scheduling.SchedulingPolicy;
import io.thornback.transport.wire.NodeState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The other nodes of the cluster that live, as the GCS has told of them last. The raylet's agent's. */
final class Peers {
    /** Digits of an id in a message. */
    private static final int SHORT_ID = 12;

    private final String ownId;
    private final Map<String, PeerNode> nodes = new HashMap<>();
    private long version;

    Peers(final String ownId) {
        this.ownId = ownId;
    }

    /** News, as {@link io.thornback.gcs.GcsListener#onNodes} has them. */
    void apply(final boolean anew, final List<PeerNode> changed) {
        if (anew) {
            nodes.clear();
        }
        for (final PeerNode node : changed) {
            if (node.state() == NodeState.DEAD || node.nodeId().equals(ownId)) {
                nodes.remove(node.nodeId());
            } else {
                nodes.put(node.nodeId(), node);
            }
        }
        version++;
    }

    /** Grows with each change. */
    long version() {
        return version;
    }

    /** A node that could ever run the request, as people read it: id and address. Of those that leave or are silent none. */
    Optional<String> whoCould(final Requirements request, final SchedulingPolicy policy) {
        final List<NodeView> views = nodes.values().stream()
                .filter(node -> node.state() == NodeState.ALIVE)
                .map(node -> new NodeView(node.nodeId(), node.total(), node.total(), node.labels()))
                .toList();
        final Decision there = policy.decide(request, new ClusterView(ownId, views, Map.of()));
        return Optional.ofNullable(there.isFeasible() ? nodes.get(there.nodeId()) : null)
                .map(node -> node.nodeId().substring(0, SHORT_ID) + " at " + node.address());
    }
}
