/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.locks.LockSupport;

/**
 * A request that is waiting for its answer. Made by the thread that asks, answered once by the thread that feeds the
 * client; {@code done} publishes the other fields.
 */
class Reply {
    final long correlationId;
    private final Thread waiter = Thread.currentThread();
    /** Cells of a lease grant. */
    long[] tokens;
    /** Presence of an object, or whatever the answer has. */
    int value;
    /** Of the store that has answered, in a welcome. */
    long epoch;
    /** Why it was refused, or null. */
    RuntimeException failure;

    private volatile boolean done;

    Reply(final long correlationId) {
        this.correlationId = correlationId;
    }

    final boolean isDone() {
        return done;
    }

    /** Publishes the answer and wakes who waits. */
    final void complete() {
        beforeDone();
        done = true;
        onDone();
    }

    /** The store was restarted and knows nothing of the request: sends it again, on the feeding thread. */
    void sendAgain() {}

    /** What must be true when the answer is seen, on the feeding thread. */
    void beforeDone() {}

    /** What follows the answer, on the feeding thread. */
    void onDone() {
        LockSupport.unpark(waiter);
    }
}
