/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.PeerNode;
import io.thornback.labels.LabelManager;
import io.thornback.resources.ResourceManager;
import io.thornback.scheduling.ClusterView;
import io.thornback.scheduling.Decision;
import io.thornback.scheduling.NodeView;
import io.thornback.scheduling.Requirements;
import io.thornback.scheduling.SchedulingPolicy;
import java.util.List;

/**
 * Asks the policy where a class of requests runs, and keeps the answer until totals, labels or the nodes of the cluster change. While this raylet schedules for one node the answer is this node or nowhere; whether it is now or
 * later is asked of the {@link ResourceManager} for each task. The raylet's agent's.
 */
final class NodePlacement {
    private final String nodeId;
    private final ResourceManager resources;
    private final LabelManager labels;
    private final SchedulingPolicy policy;
    private final Peers peers;

    NodePlacement(
            final String nodeId,
            final ResourceManager resources,
            final LabelManager labels,
            final SchedulingPolicy policy) {
        this.nodeId = nodeId;
        this.resources = resources;
        this.labels = labels;
        this.policy = policy;
        this.peers = new Peers(nodeId);
    }

    /** What other nodes there are has changed. */
    void nodesChanged(final boolean anew, final List<PeerNode> nodes) {
        peers.apply(anew, nodes);
    }

    /** What the policy says about the tasks of a class. */
    Decision decide(final SchedulingClass of) {
        final long state = resources.totalVersion() + labels.version() + peers.version(); // all only grow
        if (of.decision == null || of.decidedBy != state) {
            of.decision = decide(of.wanted);
            of.decidedBy = state;
            if (of.decision.isFeasible()) {
                of.nextReportNs = 0;
            }
        }
        return of.decision;
    }

    private Decision decide(final Requirements wanted) {
        final Decision here = policy.decide(wanted, ClusterView.of(view()));
        return here.isFeasible()
                ? here
                : peers.whoCould(wanted, policy)
                        .map(other -> new Decision(
                                here.outcome(),
                                here.nodeId(),
                                here.reason() + "; node " + other
                                        + " could run it: tasks run where they are submitted, so connect there"))
                        .orElse(here);
    }

    private NodeView view() {
        return new NodeView(nodeId, resources.total(), resources.available(), labels.labels());
    }
}
