/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Fills before it spreads: among the nodes that can run the request now, the one that holds the most of its arguments if they are large; else the local one while it is less than half used; else
 * one of the best few by utilisation, drawn at random so that the many nodes that decide at once do not all choose the same. If none can run it now it waits where it would run best.
 *
 * <p>Nodes that are below the threshold count as equally good: below it tasks are packed on few nodes, beginning with the local one.
 */
final class HybridPolicy implements SchedulingPolicy {
    /** A node that is less used than this is as good as an empty one. */
    static final double THRESHOLD = 0.5;
    /** The part of the nodes that are drawn from. */
    static final double TOP = 0.2;
    /** Arguments of fewer bytes are sent after the task rather than the task after them. */
    static final long LARGE_ARGUMENTS_BYTES = 1L << 20;

    private final RandomGenerator random;

    HybridPolicy(final RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Decision decide(final Requirements request, final ClusterView cluster) {
        final List<NodeView> feasible = Candidates.feasible(request, cluster.nodes());
        if (feasible.isEmpty()) {
            return Candidates.infeasible(request, cluster.nodes());
        }
        final List<NodeView> available = Candidates.available(request, feasible);
        if (available.isEmpty()) {
            return Decision.waits(whereToWait(request, feasible, cluster), request);
        }
        final Optional<NodeView> nearest = nearest(available, cluster);
        return Decision.available(nearest.orElseGet(() -> best(request, available, cluster)));
    }

    private static NodeView whereToWait(
            final Requirements request, final List<NodeView> feasible, final ClusterView cluster) {
        return cluster.local().filter(feasible::contains).orElseGet(() -> feasible.stream()
                .min(Comparator.comparingDouble(node -> node.criticalUtilisationWith(request.resources())))
                .orElseThrow());
    }

    /** The node with the most bytes of large arguments. */
    private static Optional<NodeView> nearest(final List<NodeView> available, final ClusterView cluster) {
        return available.stream()
                .filter(node -> bytesOn(node, cluster) >= LARGE_ARGUMENTS_BYTES)
                .max(Comparator.comparingLong(node -> bytesOn(node, cluster)));
    }

    private static long bytesOn(final NodeView node, final ClusterView cluster) {
        return cluster.argumentBytes().getOrDefault(node.nodeId(), 0L);
    }

    private NodeView best(final Requirements request, final List<NodeView> available, final ClusterView cluster) {
        final List<NodeView> ranked = new ArrayList<>(available);
        final Comparator<NodeView> byScore = Comparator.comparingDouble(node -> score(node, request));
        ranked.sort(byScore.thenComparing(node -> !node.nodeId().equals(cluster.localNodeId()))
                .thenComparing(NodeView::nodeId));
        final NodeView first = ranked.get(0);
        if (score(first, request) == 0) {
            return first; // Packed: the local node, or else the same one each time.
        }
        final int few = Math.max(1, (int) Math.ceil(TOP * cluster.nodes().size()));
        return ranked.get(random.nextInt(Math.min(few, ranked.size())));
    }

    private static double score(final NodeView node, final Requirements request) {
        final double utilisation = node.criticalUtilisationWith(request.resources());
        return utilisation <= THRESHOLD ? 0 : utilisation;
    }
}
