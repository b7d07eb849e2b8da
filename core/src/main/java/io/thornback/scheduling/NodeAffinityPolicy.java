/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.List;
import java.util.Optional;

/** The named node and no other; a soft request goes where it would go without the name if that node is not there or can never run it. */
final class NodeAffinityPolicy implements SchedulingPolicy {
    private final SchedulingPolicy otherwise;

    NodeAffinityPolicy(final SchedulingPolicy otherwise) {
        this.otherwise = otherwise;
    }

    @Override
    public Decision decide(final Requirements request, final ClusterView cluster) {
        final Strategy.NodeAffinity wanted = (Strategy.NodeAffinity) request.strategy();
        final Optional<NodeView> node = cluster.node(wanted.nodeId());
        if (node.filter(n -> n.feasible(request)).isPresent()) {
            return node.get().available(request) ? Decision.available(node.get()) : Decision.waits(node.get(), request);
        }
        if (wanted.soft()) {
            return otherwise.decide(request, cluster);
        }
        return node.map(n -> Candidates.infeasible(request, List.of(n)))
                .orElseGet(() -> Decision.infeasible("node " + wanted.nodeId() + " is not in the cluster"));
    }
}
