/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.List;

/** What all policies do first and last: sort out who can run a request at all, and say why nobody can. */
final class Candidates {
    /** Nodes named in a message. */
    private static final int MAX_NAMED = 3;

    private Candidates() {}

    static List<NodeView> feasible(final Requirements request, final List<NodeView> nodes) {
        return nodes.stream().filter(node -> node.feasible(request)).toList();
    }

    static List<NodeView> available(final Requirements request, final List<NodeView> nodes) {
        return nodes.stream().filter(node -> node.available(request)).toList();
    }

    static Decision infeasible(final Requirements request, final List<NodeView> nodes) {
        if (nodes.isEmpty()) {
            return Decision.infeasible("no node takes tasks");
        }
        final StringBuilder why = new StringBuilder();
        for (final NodeView node : nodes.subList(0, Math.min(MAX_NAMED, nodes.size()))) {
            why.append(why.isEmpty() ? "" : "; ")
                    .append("on node ")
                    .append(node.nodeId(), 0, Math.min(12, node.nodeId().length()))
                    .append(' ')
                    .append(node.obstacle(request));
        }
        if (nodes.size() > MAX_NAMED) {
            why.append("; and so on for ").append(nodes.size() - MAX_NAMED).append(" more nodes");
        }
        return Decision.infeasible(why.toString());
    }
}
