/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.labels.LabelManager;
import io.thornback.resources.ResourceManager;
import io.thornback.scheduling.ClusterView;
import io.thornback.scheduling.Decision;
import io.thornback.scheduling.NodeView;
import io.thornback.scheduling.SchedulingPolicy;

/**
 * Asks the policy where a class of requests runs, and keeps the answer until totals or labels change. While this raylet schedules for one node the answer is this node or nowhere; whether it is now or
 * later is asked of the {@link ResourceManager} for each task. The raylet's agent's.
 */
final class NodePlacement {
    private final String nodeId;
    private final ResourceManager resources;
    private final LabelManager labels;
    private final SchedulingPolicy policy;

    NodePlacement(
            final String nodeId,
            final ResourceManager resources,
            final LabelManager labels,
            final SchedulingPolicy policy) {
        this.nodeId = nodeId;
        this.resources = resources;
        this.labels = labels;
        this.policy = policy;
    }

    /** What the policy says about the tasks of a class. */
    Decision decide(final SchedulingClass of) {
        final long state = resources.totalVersion() + labels.version(); // both only grow
        if (of.decision == null || of.decidedBy != state) {
            of.decision = policy.decide(of.wanted, ClusterView.of(view()));
            of.decidedBy = state;
            if (of.decision.isFeasible()) {
                of.nextReportNs = 0;
            }
        }
        return of.decision;
    }

    private NodeView view() {
        return new NodeView(nodeId, resources.total(), resources.available(), labels.labels());
    }
}
