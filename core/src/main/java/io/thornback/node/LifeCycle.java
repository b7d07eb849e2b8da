/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The life of a role or a node. Legal transitions:
 *
 * <pre>
 *   STARTING → READY → DRAINING → STOPPED
 *       │        │         │
 *       │        └─────────┴──→ FAILED
 *       ├──→ DRAINING (told to stop before it was ready)
 *       └──→ FAILED
 * </pre>
 *
 * STOPPED and FAILED are final. Any thread may move and read it.
 */
public final class LifeCycle {

    /** Where a life is. */
    public enum State {
        /** Not yet able to serve. */
        STARTING,
        /** Serving. */
        READY,
        /** Told to stop; finishes what it has. */
        DRAINING,
        /** Ended as it should. */
        STOPPED,
        /** Ended as it should not. */
        FAILED
    }

    private static final Map<State, Set<State>> LEGAL = new EnumMap<>(Map.of(
            State.STARTING, EnumSet.of(State.READY, State.DRAINING, State.FAILED),
            State.READY, EnumSet.of(State.DRAINING, State.FAILED),
            State.DRAINING, EnumSet.of(State.STOPPED, State.FAILED),
            State.STOPPED, EnumSet.noneOf(State.class),
            State.FAILED, EnumSet.noneOf(State.class)));

    private final String name;
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /** A life that is STARTING. */
    public LifeCycle(String name) {
        this.name = name;
    }

    /** Where it is now. */
    public State state() {
        return state.get();
    }

    /** True if it has ended. */
    public boolean isOver() {
        State now = state.get();
        return now == State.STOPPED || now == State.FAILED;
    }

    /**
     * Moves on.
     *
     * @throws IllegalStateException if that is not a legal transition from where it is
     */
    public void moveTo(State next) {
        State from = state.getAndUpdate(now -> LEGAL.get(now).contains(next) ? next : now);
        if (!LEGAL.get(from).contains(next)) {
            throw new IllegalStateException(name + " cannot go from " + from + " to " + next);
        }
    }

    /** Moves on if that is legal from where it is; otherwise changes nothing and returns false. */
    public boolean tryMoveTo(State next) {
        State from = state.getAndUpdate(now -> LEGAL.get(now).contains(next) ? next : now);
        return LEGAL.get(from).contains(next);
    }

    @Override
    public String toString() {
        return name + " " + state.get();
    }
}
