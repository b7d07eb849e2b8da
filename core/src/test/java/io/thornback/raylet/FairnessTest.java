/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import org.junit.jupiter.api.Test;

class FairnessTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final ResourceSet SMALL = ResourceSet.cpus(1);
    private static final ResourceSet BIG = ResourceSet.cpus(4);

    private final SimulatedNode node = new SimulatedNode(ResourceSet.cpus(4).with("gpu", ResourceAmount.ONE), 1);

    private boolean runs(final TaskRecord task) {
        return node.running.stream().anyMatch(each -> each.task() == task);
    }

    private void keepBusy(final ResourceSet request, final int count, final long durationNs) {
        for (int i = 0; i < count; i++) {
            node.submit(request, durationNs);
        }
    }

    @Test
    void aBigRequestIsNotStarvedByAStreamOfSmallOnes() {
        for (int i = 0; i < 4; i++) { // they end one at a time
            node.submit(SMALL, 300 * MS);
            node.advance(75 * MS);
        }
        keepBusy(SMALL, 100, 300 * MS);
        final TaskRecord big = node.submit(BIG, SECOND);
        for (int i = 0; i < 100 && !runs(big); i++) {
            node.submit(SMALL, 300 * MS);
            node.advance(75 * MS);
        }
        assertTrue(runs(big));
        final long waited = node.nowNs - big.queuedNs;
        assertTrue(waited >= SimulatedNode.PATIENCE_NS, "waited " + waited);
        assertTrue(waited <= SimulatedNode.PATIENCE_NS + SECOND, "waited " + waited);
    }

    @Test
    void smallRequestsAreNotStarvedByAStreamOfBigOnes() {
        keepBusy(BIG, 100, 100 * MS);
        node.dispatch();
        final TaskRecord small = node.submit(SMALL, 100 * MS);
        for (int i = 0; i < 100 && !runs(small); i++) {
            node.advance(100 * MS);
        }
        assertTrue(runs(small));
        assertTrue(node.nowNs - small.queuedNs < SECOND, "the classes take turns");
    }

    @Test
    void whatFitsBesideTheReservedStillRuns() {
        node.submit(SMALL.with("gpu", ResourceAmount.ONE), 5 * SECOND);
        node.dispatch();
        final ResourceSet gpuAndCpu = ResourceSet.cpus(2).with("gpu", ResourceAmount.ONE);
        final TaskRecord waits = node.submit(gpuAndCpu, SECOND);
        keepBusy(SMALL, 1_000, 100 * MS);
        for (int i = 0; i < 30; i++) {
            node.advance(100 * MS);
        }
        assertEquals(waits.schedulingClass, node.fairness.holder());
        assertEquals(2, node.running.size(), "of four CPUs two are kept, one is with the gpu's holder, one is used");
        for (int i = 0; i < 25; i++) {
            node.advance(100 * MS);
        }
        assertTrue(runs(waits));
        assertNull(node.fairness.holder());
    }

    @Test
    void aReservationThatComesToNothingEndsAndTheNextIsLonger() {
        node.submit(SMALL, 3600 * SECOND);
        node.dispatch();
        final TaskRecord big = node.submit(BIG, SECOND);
        keepBusy(SMALL, 100_000, 100 * MS);
        long heldNs = 0;
        for (int i = 0; i < 600; i++) {
            node.advance(100 * MS);
            heldNs += node.fairness.holder() == null ? 0 : 100 * MS;
        }
        assertFalse(runs(big));
        final long first = Fairness.HOLD_PATIENCES * SimulatedNode.PATIENCE_NS;
        assertTrue(heldNs >= first, "held " + heldNs);
        assertTrue(heldNs <= 30 * SECOND, "the others get at least half of the time; held " + heldNs);
    }

    @Test
    void nothingIsKeptForWhatActorsWouldHaveToGiveBack() {
        node.submit(SMALL, Long.MAX_VALUE);
        node.dispatch();
        node.submit(BIG, SECOND);
        keepBusy(SMALL, 10_000, 100 * MS);
        for (int i = 0; i < 200; i++) {
            node.advance(100 * MS);
            assertNull(node.fairness.holder());
        }
    }

    @Test
    void nothingIsKeptForWhatIsInfeasibleUntilItIsNot() {
        final TaskRecord huge = node.submit(ResourceSet.cpus(8), SECOND);
        keepBusy(SMALL, 10_000, 100 * MS);
        for (int i = 0; i < 100; i++) {
            node.advance(100 * MS);
            assertNull(node.fairness.holder());
        }
        node.resources.setTotal(ResourceSet.cpus(8));
        for (int i = 0; i < 10 && !runs(huge); i++) {
            node.advance(100 * MS);
        }
        assertTrue(runs(huge));
    }
}
