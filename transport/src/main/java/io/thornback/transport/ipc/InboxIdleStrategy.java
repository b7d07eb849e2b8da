/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import org.agrona.concurrent.IdleStrategy;

/**
 * Waits for an inbox: spins for a few microseconds if there is a core to spare, then parks on the inbox's futex. After a
 * park that nothing ended but the clock it parks again without spinning, so an idle agent costs one short wake-up per
 * {@code maxParkNs}. One agent's thread; allocates nothing.
 */
final class InboxIdleStrategy implements IdleStrategy {
    static final String ALIAS = "inbox";

    private final Inbox inbox;
    private final long maxParkNs;
    private final RunQueue runQueue = new RunQueue();
    private boolean spin = true;

    InboxIdleStrategy(Inbox inbox, long maxParkNs) {
        if (maxParkNs <= 0) {
            throw new IllegalArgumentException("maxParkNs=" + maxParkNs + " must be greater than 0");
        }
        this.inbox = inbox;
        this.maxParkNs = maxParkNs;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (spin && spinUntilWork()) {
            return;
        }
        inbox.park(maxParkNs);
        spin = false;
    }

    @Override
    public void reset() {
        spin = true;
    }

    @Override
    public String alias() {
        return ALIAS;
    }

    private boolean spinUntilWork() {
        long startNs = System.nanoTime();
        long spinNs = runQueue.spinNs(startNs);
        while (System.nanoTime() - startNs < spinNs) {
            if (inbox.hasWork()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
