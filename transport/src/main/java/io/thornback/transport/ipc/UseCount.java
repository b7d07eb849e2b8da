/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Keeps a mapping alive while threads are inside it: unmapping memory under a thread that writes it kills the JVM.
 * {@code enter} before, {@code leave} after; {@code close} forbids new entries and the last one out frees. No thread
 * waits for another. One word: the sign bit says closed, the rest counts.
 */
final class UseCount {
    private static final VarHandle WORD;
    private static final int CLOSED = Integer.MIN_VALUE;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(UseCount.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through WORD
    private volatile int word;

    private final Runnable whenUnused;

    /** @param whenUnused runs exactly once, after close, on the thread that was the last to leave */
    UseCount(Runnable whenUnused) {
        this.whenUnused = whenUnused;
    }

    /** Whether the caller may go in; if so it must leave. */
    boolean enter() {
        if ((int) WORD.getAndAdd(this, 1) >= 0) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        // Exactly closed and empty: CAS to a value that nothing else reaches (closed, count at its maximum half) so
        // that a
        // late enter/leave pair cannot free a second time.
        if ((int) WORD.getAndAdd(this, -1) - 1 == CLOSED && WORD.compareAndSet(this, CLOSED, CLOSED | (1 << 30))) {
            whenUnused.run();
        }
    }

    boolean isClosed() {
        return word < 0;
    }

    /** True for the first caller only. */
    boolean close() {
        int seen;
        do {
            seen = word;
            if (seen < 0) {
                return false;
            }
        } while (!WORD.compareAndSet(this, seen, (seen + 1) | CLOSED));
        leave();
        return true;
    }
}
