/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long READY_NS = 1000 * MS;

    private final Restarts restarts = new Restarts();

    @Test
    void startsAtOnceThenLaterAndLaterUntilTheBudgetIsUsed() {
        assertEquals(OptionalLong.of(0), restarts.ended("a", 0));
        assertEquals(OptionalLong.of(100), restarts.ended("a", 1));
        assertEquals(OptionalLong.of(200), restarts.ended("a", 2));
        assertEquals(OptionalLong.of(400), restarts.ended("a", 3));
        assertEquals(OptionalLong.of(800), restarts.ended("a", 4));
        assertEquals(OptionalLong.empty(), restarts.ended("a", 5));
        assertEquals(OptionalLong.of(0), restarts.ended("b", 6), "each role has a budget of its own");
        assertEquals(OptionalLong.of(0), restarts.ended("a", 5 + Restarts.WINDOW_NS), "and all is forgiven in time");
    }

    @Test
    void whatIsDueIsStartedOnceAndThenHasTimeToGetReady() {
        assertEquals(Restarts.NOTHING_DUE, restarts.nextNs(0));
        restarts.ended("a", 0);
        restarts.ended("a", 0);
        assertEquals(100 * MS, restarts.nextNs(0));
        assertEquals(List.of(), restarts.due(99 * MS, READY_NS));
        assertEquals(List.of("a"), restarts.due(100 * MS, READY_NS));
        assertEquals(List.of(), restarts.due(101 * MS, READY_NS));
        assertTrue(restarts.isUnderWay("a"));
        assertEquals(List.of("a"), restarts.due(100 * MS + READY_NS, READY_NS), "late");
        restarts.ready("a");
        assertFalse(restarts.isUnderWay("a"));
        assertEquals(Restarts.NOTHING_DUE, restarts.nextNs(0));
    }
}
