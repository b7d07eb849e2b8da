/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.OwnerLock;
import io.thornback.posix.PosixException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends what is left of a session whose supervisor is dead. Every role that outlives it does so, one at a time: a lock held by the kernel says which, because two of them at once could kill each other
 * half-way. The others wait to be killed; if the one that is at it is killed itself, the next begins. Files are the next start's.
 */
final class SessionReaper {

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Whoever is at it this long is stopped or hangs. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

    private SessionReaper() {}

    /** Kills every process of the session but this one, which is to halt then. */
    @SuppressWarnings("try") // the lock is held, not used
    static void endAll(SessionLayout session) {
        try (OwnerLock lock = awaitTurn(session)) {
            SessionProcesses.killAll(session);
        }
    }

    /** The lock; null if it cannot be had: without it is better than not at all. */
    private static OwnerLock awaitTurn(SessionLayout session) {
        long beganNs = System.nanoTime();
        try {
            Optional<OwnerLock> lock = OwnerLock.tryAcquire(session.reaperLock());
            while (lock.isEmpty() && System.nanoTime() - beganNs < PATIENCE_NS) {
                LockSupport.parkNanos(LOOK_NS);
                lock = OwnerLock.tryAcquire(session.reaperLock());
            }
            return lock.orElse(null);
        } catch (PosixException e) {
            return null; // no room for the file, or the next start has removed its folder
        }
    }
}
