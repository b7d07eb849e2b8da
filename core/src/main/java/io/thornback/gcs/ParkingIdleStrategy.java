/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Parks the agent's thread until {@link #wake} or a time-out. A wake-up that comes between the agent's last look and its
 * parking is not lost: {@code unpark} leaves a permit, and {@code parkNanos} returns at once.
 */
final class ParkingIdleStrategy implements IdleStrategy {
    private final long maxParkNs;
    private volatile Thread agentThread;
    private volatile boolean stopping;

    ParkingIdleStrategy(long maxParkNs) {
        this.maxParkNs = maxParkNs;
    }

    /** Any thread. */
    void wake() {
        // Null before the agent's first idle call: it has not parked yet, and looks before it does.
        LockSupport.unpark(agentThread);
    }

    /** From now on nothing parks: the agent sees at once that it is being closed. */
    void stop() {
        stopping = true;
        wake();
    }

    @Override
    public void idle(int workCount) {
        if (workCount <= 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        if (agentThread == null) {
            agentThread = Thread.currentThread();
            // Seen by wakers from now on; what came before is found by one more look.
            return;
        }
        if (!stopping) {
            LockSupport.parkNanos(this, maxParkNs);
        }
    }

    @Override
    public void reset() {}

    @Override
    public String alias() {
        return "parking";
    }
}
