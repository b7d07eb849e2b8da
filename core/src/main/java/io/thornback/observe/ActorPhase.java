/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** Where an actor is in its life. */
public enum ActorPhase {
    /** It has been asked for. */
    STARTING(1),
    /** It takes calls. */
    ALIVE(2),
    /** Its worker died, and it is being made again. */
    RESTARTING(3),
    /** It is no more. */
    DEAD(4);

    private static final ActorPhase[] VALUES = values();

    private final int code;

    ActorPhase(final int code) {
        this.code = code;
    }

    /** As it stands in shared memory. */
    int code() {
        return code;
    }

    /** Null if there is no such code. */
    static ActorPhase of(final int code) {
        return code < 1 || code > VALUES.length ? null : VALUES[code - 1];
    }
}
