/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether the receiver of a lane lives, asked of the kernel only where there is reason to doubt: the lane is full, the
 * doorbell has not been answered, or the receiver looks asleep; and at most every {@value #INTERVAL_NS} ns, so that a
 * sender who goes on sending learns of a death well within 100 ms. Any thread.
 */
final class ReceiverWatch {
    static final long INTERVAL_NS = 50_000_000L;

    private static final VarHandle CHECKED_NS;

    static {
        try {
            CHECKED_NS = MethodHandles.lookup().findVarHandle(ReceiverWatch.class, "checkedNs", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SlotClaim claim;
    private volatile int known = OutboundLane.SENT; // or PEER_DEAD, or CLOSED: for good
    private volatile long checkedNs = System.nanoTime();

    ReceiverWatch(SlotClaim claim) {
        this.claim = claim;
    }

    /** What is known for good: 0, {@link OutboundLane#PEER_DEAD} or {@link OutboundLane#CLOSED}. One load. */
    int known() {
        return known;
    }

    /** Asks, if the last answer is old; of several threads that come at once, one does. Inside the lane's use count. */
    void check() {
        long last = checkedNs;
        long now = System.nanoTime();
        if (now - last >= INTERVAL_NS && CHECKED_NS.compareAndSet(this, last, now)) {
            if (checkNow() && !claim.isHeld()) {
                known = OutboundLane.CLOSED; // retired by the receiver, which could not write the lane's own flag
            }
        }
    }

    boolean checkNow() {
        boolean alive = known != OutboundLane.PEER_DEAD && claim.inbox.owner.isAlive();
        if (!alive) {
            known = OutboundLane.PEER_DEAD;
        }
        return alive;
    }
}
