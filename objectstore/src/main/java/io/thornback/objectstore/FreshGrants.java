/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;

/**
 * Leases that somebody asked for and was granted a moment ago. They are not idle, though nothing is written there yet: if they were taken back for the next who waits, two who wait could
 * take each other's for ever. One thread, the agent.
 */
final class FreshGrants {
    /** A client that has not begun by then is stopped, or does not want it any more. */
    static final long FRESH_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long NEVER = Long.MIN_VALUE;
    private static final int LEAST_PURGED = 64;

    /** By token of the cell. */
    private final Long2LongHashMap grantedNs = new Long2LongHashMap(NEVER);

    private int purgeAt = LEAST_PURGED;

    void add(final long token, final long nowNs) {
        if (grantedNs.size() >= purgeAt) {
            grantedNs.values().removeIf(atNs -> nowNs - atNs >= FRESH_NS);
            purgeAt = Math.max(LEAST_PURGED, grantedNs.size() * 2);
        }
        grantedNs.put(token, nowNs);
    }

    boolean isFresh(final long token, final long nowNs) {
        final long atNs = grantedNs.get(token);
        return atNs != NEVER && nowNs - atNs < FRESH_NS;
    }
}
