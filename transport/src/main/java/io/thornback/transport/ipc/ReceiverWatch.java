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
    private volatile boolean dead;
    private volatile boolean lost;
    private volatile long checkedNs = System.nanoTime();

    ReceiverWatch(SlotClaim claim) {
        this.claim = claim;
    }

    boolean isDead() {
        return dead;
    }

    /** The ring has no room: which code to answer. Callers are inside the lane's use count. */
    int lagging() {
        check();
        if (dead) {
            return OutboundLane.PEER_DEAD;
        }
        return lost ? OutboundLane.CLOSED : OutboundLane.FULL;
    }

    /** Asks, if the last answer is old; of several threads that come at once, one does. Inside the lane's use count. */
    void check() {
        long last = checkedNs;
        long now = System.nanoTime();
        if (now - last >= INTERVAL_NS && CHECKED_NS.compareAndSet(this, last, now)) {
            checkNow();
            lost = !claim.isHeld();
        }
    }

    boolean checkNow() {
        if (!dead && !claim.inbox.owner.isAlive()) {
            dead = true;
        }
        return !dead;
    }
}
