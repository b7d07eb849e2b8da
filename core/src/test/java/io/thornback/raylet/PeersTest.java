/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.PeerNode;
import io.thornback.ids.JobId;
import io.thornback.labels.LabelManager;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Decision;
import io.thornback.scheduling.Policies;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.NodeState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What waits for what this node never has is told who has it. */
class PeersTest {
    private static final String OWN = "aa".repeat(28);
    private static final String OTHER = "bb".repeat(28);
    private static final ResourceSet GPU = ResourceSet.cpus(1).with("gpu", ResourceAmount.of(1));

    private final ResourceManager resources = new ResourceManager(ResourceSet.cpus(2), System::nanoTime);
    private final NodePlacement placement =
            new NodePlacement(OWN, resources, new LabelManager(OWN, Map.of()), new Policies(1));
    private final SchedulingClass wantsGpu = new SchedulingClass(new JobId(1), Requirements.of(GPU));

    private static PeerNode peer(final String id, final NodeState state, final ResourceSet total) {
        return new PeerNode(id, state, "10.0.0.7", 7001, total, Map.of());
    }

    private String reason() {
        final Decision decision = placement.decide(wantsGpu);
        assertFalse(decision.isFeasible());
        return decision.reason();
    }

    @Test
    void whoCouldRunItIsNamedWhileItCould() {
        final String here = "on node " + OWN.substring(0, 12) + " asks for gpu=1, it has 0 in all";
        final String there = here + "; node " + OTHER.substring(0, 12)
                + " at 10.0.0.7 could run it: tasks run where they are submitted, so connect there";
        assertEquals(here, reason());
        placement.nodesChanged(true, List.of(peer(OWN, NodeState.ALIVE, GPU), peer(OTHER, NodeState.ALIVE, GPU)));
        assertEquals(there, reason(), "this node is not its own peer");
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.SUSPECTED, GPU)));
        assertEquals(here, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.ALIVE, GPU)));
        assertEquals(there, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.DRAINING, GPU)));
        assertEquals(here, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.ALIVE, ResourceSet.cpus(64))));
        assertEquals(here, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.ALIVE, GPU)));
        assertEquals(there, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.DEAD, ResourceSet.EMPTY)));
        assertEquals(here, reason());
        placement.nodesChanged(false, List.of(peer(OTHER, NodeState.ALIVE, GPU)));
        placement.nodesChanged(true, List.of(peer(OWN, NodeState.ALIVE, ResourceSet.cpus(2))));
        assertEquals(here, reason(), "what was told before is forgotten");
    }

    @Test
    void whatCanRunHereWaitsHereWhateverOthersHave() {
        final SchedulingClass cpus = new SchedulingClass(new JobId(1), Requirements.of(ResourceSet.cpus(2)));
        placement.nodesChanged(true, List.of(peer(OTHER, NodeState.ALIVE, ResourceSet.cpus(64))));
        assertTrue(placement.decide(cpus).isFeasible());
        assertEquals(OWN, placement.decide(cpus).nodeId());
    }
}
