/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** What a worker is doing. */
public enum WorkerState {
    /** Its process has been launched and has not said hello. */
    STARTING(1),
    /** It waits for a task. */
    IDLE(2),
    /** It runs a task. */
    BUSY(3),
    /** Its task waits for an object, and has lent its CPUs to others. */
    BLOCKED(4),
    /** It is an actor. */
    ACTOR(5),
    /** It is being ended. */
    STOPPING(6);

    private static final WorkerState[] VALUES = values();

    private final int code;

    WorkerState(final int code) {
        this.code = code;
    }

    /** As it stands in shared memory. */
    int code() {
        return code;
    }

    /** Null if there is no such code. */
    static WorkerState of(final int code) {
        return code < 1 || code > VALUES.length ? null : VALUES[code - 1];
    }
}
