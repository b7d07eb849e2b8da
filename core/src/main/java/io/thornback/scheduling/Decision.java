/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

/**
 * Where a request goes.
 *
 * @param outcome whether it can run now, later, or never as things are.
 * @param nodeId the node that runs it or where it waits; empty if infeasible.
 * @param reason for people: what it waits for, or what no node has; empty if it can run now.
 */
public record Decision(Outcome outcome, String nodeId, String reason) {
    /** Now, later, or never as things are. */
    public enum Outcome {
        /** The node can grant it now. */
        AVAILABLE,
        /** The node can grant it when others have given back. */
        WAITS,
        /** No node has what it asks for; that changes only with nodes, totals or labels. */
        INFEASIBLE
    }

    static Decision available(final NodeView node) {
        return new Decision(Outcome.AVAILABLE, node.nodeId(), "");
    }

    static Decision waits(final NodeView node, final Requirements request) {
        return new Decision(
                Outcome.WAITS,
                node.nodeId(),
                "waits for " + request.resources() + " on node " + node.nodeId() + "; available: " + node.available());
    }

    static Decision infeasible(final String reason) {
        return new Decision(Outcome.INFEASIBLE, "", reason);
    }

    /** Whether some node can run it, now or later. */
    public boolean isFeasible() {
        return outcome != Outcome.INFEASIBLE;
    }
}
