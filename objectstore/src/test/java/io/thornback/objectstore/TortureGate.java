/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.function.BooleanSupplier;

/** Lets the threads of a client of the torture work, or holds them between two steps. */
final class TortureGate {
    private int inside;
    private boolean open = true;
    private boolean ended;

    TortureGate(final int threads) {
        inside = threads;
    }

    /** A thread's work: step after step until the end. */
    void repeat(final Runnable step) {
        while (enter()) {
            step.run();
        }
    }

    /** Returns when no thread is in a step. */
    synchronized void close() {
        open = false;
        sleepUntil(() -> inside == 0);
    }

    synchronized void open() {
        open = true;
        notifyAll();
    }

    synchronized void end() {
        ended = true;
        open();
    }

    private synchronized boolean enter() {
        if (!open) {
            inside--;
            notifyAll();
            sleepUntil(() -> open);
            inside++;
        }
        return !ended;
    }

    private synchronized void sleepUntil(final BooleanSupplier condition) {
        try {
            while (!condition.getAsBoolean()) {
                wait();
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
