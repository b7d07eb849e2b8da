/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Where a task or call is.
 *
 * <pre>
 * QUEUED ──► RUNNING ──► FINISHED | FAILED
 *   │  ▲        │
 *   │  └────────┤ its worker died, and it may be retried
 *   └───────────┴──► CANCELLED | FAILED
 * </pre>
 *
 * RUNNING means that a worker has it: {@code startedNs} says whether it has begun. What is shown of a task whose job has ended before it is CANCELLED.
 */
public enum TaskState {
    /** It waits for resources or a worker. */
    QUEUED(1),
    /** A worker has it. */
    RUNNING(2),
    /** It has returned. */
    FINISHED(3),
    /** It has thrown, or its worker died once too often, or it was refused. */
    FAILED(4),
    /** Nobody wants it any more. */
    CANCELLED(5);

    private static final TaskState[] VALUES = values();

    private final int code;

    TaskState(final int code) {
        this.code = code;
    }

    /** As it stands in shared memory. */
    int code() {
        return code;
    }

    /** Whether nothing more happens to it. */
    public boolean isOver() {
        return code >= FINISHED.code;
    }

    /** Null if there is no such code. */
    static TaskState of(final int code) {
        return code < 1 || code > VALUES.length ? null : VALUES[code - 1];
    }
}
