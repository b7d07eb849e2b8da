/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Label;
import io.thornback.labels.LabelSelector;
import io.thornback.resources.ResourceSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static final Requirements ONE_CPU = Requirements.of(ResourceSet.cpus(1));

    private final Policies policies = new Policies(20261124);

    private static NodeView node(final String id, final double total, final double available) {
        return new NodeView(id, ResourceSet.cpus(total), ResourceSet.cpus(available), Map.of("zone", id));
    }

    private static ClusterView cluster(final String local, final NodeView... nodes) {
        return new ClusterView(local, List.of(nodes), Map.of());
    }

    private static Requirements with(final Strategy strategy) {
        return new Requirements(ResourceSet.cpus(1), LabelSelector.ANY, strategy);
    }

    private Decision decide(final Requirements request, final ClusterView cluster) {
        return policies.decide(request, cluster);
    }

    @Test
    void theLocalNodeIsPreferredUntilItIsHalfUsed() {
        final NodeView empty = node("b", 4, 4);
        assertEquals("a", decide(ONE_CPU, cluster("a", empty, node("a", 4, 3))).nodeId());
        for (int i = 0; i < 50; i++) {
            assertEquals(
                    "b", decide(ONE_CPU, cluster("a", empty, node("a", 4, 2))).nodeId());
        }
    }

    @Test
    void aboveTheThresholdOneOfTheBestFewIsDrawn() {
        final List<NodeView> nodes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            nodes.add(node("n" + i, 100, 40 - i));
        }
        final Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            chosen.add(decide(ONE_CPU, new ClusterView("n9", nodes, Map.of())).nodeId());
        }
        assertEquals(Set.of("n0", "n1"), chosen, "a fifth of ten nodes");
    }

    @Test
    void theSameSeedGivesTheSameDraws() {
        final ClusterView cluster = cluster("a", node("a", 4, 1), node("b", 4, 1), node("c", 4, 1), node("d", 4, 1));
        final Policies one = new Policies(7);
        final Policies other = new Policies(7);
        for (int i = 0; i < 100; i++) {
            assertEquals(one.decide(with(Strategy.SPREAD), cluster), other.decide(with(Strategy.SPREAD), cluster));
        }
    }

    @Test
    void aRequestThatFitsNowhereNowWaitsAtHomeAndOneThatFitsNowhereAtAllSaysWhy() {
        final ClusterView full = cluster("a", node("a", 4, 0), node("b", 4, 0));
        assertEquals(Decision.Outcome.WAITS, decide(ONE_CPU, full).outcome());
        assertEquals("a", decide(ONE_CPU, full).nodeId());
        final Decision never = decide(Requirements.of(ResourceSet.cpus(8)), full);
        assertEquals(Decision.Outcome.INFEASIBLE, never.outcome());
        assertTrue(never.reason().contains("cpu=8") && never.reason().contains("4 in all"), never.reason());
    }

    @Test
    void labelsAreAsBindingAsResources() {
        final ClusterView cluster = cluster("a", node("a", 4, 4), node("b", 4, 1), node("c", 4, 0));
        final Requirements inB = new Requirements(ResourceSet.cpus(1), of(Label.in("zone", "b", "x")), Strategy.HYBRID);
        assertEquals("b", decide(inB, cluster).nodeId());
        final Requirements inC = new Requirements(ResourceSet.cpus(1), of(Label.is("zone", "c")), Strategy.HYBRID);
        assertEquals(Decision.Outcome.WAITS, decide(inC, cluster).outcome());
        final Requirements nowhere = new Requirements(ResourceSet.cpus(1), of(Label.exists("ssd")), Strategy.SPREAD);
        final Decision decision = decide(nowhere, cluster);
        assertEquals(Decision.Outcome.INFEASIBLE, decision.outcome());
        assertTrue(decision.reason().contains("ssd exists"), decision.reason());
    }

    private static LabelSelector of(final Label label) {
        return new LabelSelector(List.of(label));
    }

    @Test
    void spreadTakesTheLeastUsedAndTellsEqualsApartByLot() {
        final Map<String, Integer> chosen = new HashMap<>();
        final ClusterView cluster = cluster("a", node("a", 4, 2), node("b", 4, 3), node("c", 8, 6));
        for (int i = 0; i < 300; i++) {
            chosen.merge(decide(with(Strategy.SPREAD), cluster).nodeId(), 1, Integer::sum);
        }
        assertEquals(Set.of("c"), chosen.keySet(), "3 of 8 in use with it, not 2 of 4");
        final ClusterView equal = cluster("a", node("a", 4, 2), node("b", 4, 2), node("c", 4, 2));
        final Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            drawn.add(decide(with(Strategy.SPREAD), equal).nodeId());
        }
        assertEquals(Set.of("a", "b", "c"), drawn);
    }

    @Test
    void affinityIsToOneNodeAndSoftAffinityGoesElsewhereOnlyWhenItMust() {
        final ClusterView cluster = cluster("a", node("a", 4, 4), node("b", 4, 0));
        assertEquals(
                "b",
                decide(with(new Strategy.NodeAffinity("b", false)), cluster).nodeId());
        assertEquals(
                Decision.Outcome.WAITS,
                decide(with(new Strategy.NodeAffinity("b", true)), cluster).outcome(),
                "it is only busy");
        assertEquals(
                Decision.Outcome.INFEASIBLE,
                decide(with(new Strategy.NodeAffinity("z", false)), cluster).outcome());
        assertEquals(
                "a", decide(with(new Strategy.NodeAffinity("z", true)), cluster).nodeId());
    }

    @Test
    void largeArgumentsDrawTheTaskToThem() {
        final List<NodeView> nodes = List.of(node("a", 4, 4), node("b", 4, 1), node("c", 4, 1));
        final ClusterView large = new ClusterView("a", nodes, Map.of("b", 5L << 20, "c", 80L << 20));
        assertEquals("c", decide(ONE_CPU, large).nodeId());
        final ClusterView small = new ClusterView("a", nodes, Map.of("b", 5L, "c", 80L));
        assertEquals("a", decide(ONE_CPU, small).nodeId());
    }
}
