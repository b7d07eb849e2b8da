/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.node.LifeCycle.State;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LifeCycleTest {

    private static final Map<State, Set<State>> DOCUMENTED = Map.of(
            State.STARTING, Set.of(State.READY, State.DRAINING, State.FAILED),
            State.READY, Set.of(State.DRAINING, State.FAILED),
            State.DRAINING, Set.of(State.STOPPED, State.FAILED),
            State.STOPPED, Set.of(),
            State.FAILED, Set.of());

    private static LifeCycle at(State state) {
        LifeCycle life = new LifeCycle("test");
        if (state == State.STOPPED) {
            life.moveTo(State.DRAINING);
        }
        if (state != State.STARTING) {
            life.moveTo(state);
        }
        return life;
    }

    @Test
    void onlyDocumentedTransitionsArePossible() {
        for (State from : State.values()) {
            for (State to : State.values()) {
                LifeCycle life = at(from);
                boolean legal = DOCUMENTED.get(from).contains(to);
                assertEquals(legal, life.tryMoveTo(to), from + " to " + to);
                assertEquals(legal ? to : from, life.state());
            }
        }
    }

    @Test
    void anIllegalTransitionSaysWhoAndFromWhere() {
        LifeCycle life = at(State.STOPPED);
        assertTrue(life.isOver());
        assertEquals(
                "test cannot go from STOPPED to READY",
                assertThrows(IllegalStateException.class, () -> life.moveTo(State.READY))
                        .getMessage());
        assertFalse(at(State.DRAINING).isOver());
    }
}
