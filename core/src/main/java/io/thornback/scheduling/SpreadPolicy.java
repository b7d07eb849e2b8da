/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.List;
import java.util.random.RandomGenerator;

/** Takes the least used of the nodes that can run the request now, any one of them if several are; local or not makes no difference. */
final class SpreadPolicy implements SchedulingPolicy {
    private final RandomGenerator random;

    SpreadPolicy(final RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Decision decide(final Requirements request, final ClusterView cluster) {
        final List<NodeView> feasible = Candidates.feasible(request, cluster.nodes());
        if (feasible.isEmpty()) {
            return Candidates.infeasible(request, cluster.nodes());
        }
        final List<NodeView> available = Candidates.available(request, feasible);
        return available.isEmpty()
                ? Decision.waits(leastUsed(request, feasible), request)
                : Decision.available(leastUsed(request, available));
    }

    private NodeView leastUsed(final Requirements request, final List<NodeView> nodes) {
        final double least = nodes.stream()
                .mapToDouble(node -> node.criticalUtilisationWith(request.resources()))
                .min()
                .orElseThrow();
        final List<NodeView> equals = nodes.stream()
                .filter(node -> node.criticalUtilisationWith(request.resources()) == least)
                .toList();
        return equals.get(random.nextInt(equals.size()));
    }
}
