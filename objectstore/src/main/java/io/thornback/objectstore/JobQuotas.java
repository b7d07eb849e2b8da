/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import org.agrona.collections.Int2ObjectHashMap;

/**
 * How much memory each job's objects and leases take, and how much they may. A cell is charged to the job of the client that leased it, a restored object to the job in its id, until
 * it is free. One thread, the agent; without a quota it counts nothing.
 */
final class JobQuotas {
    private static final class Usage {
        long bytes;
    }

    private final long quotaBytes;
    private final int[] jobOf;
    private final Int2ObjectHashMap<Usage> usages = new Int2ObjectHashMap<>();

    /**
     * Nothing is charged yet.
     *
     * @param quotaBytes most for each job; 0: no limit
     */
    JobQuotas(final long quotaBytes, final int maxCells) {
        this.quotaBytes = quotaBytes;
        this.jobOf = new int[quotaBytes == 0 ? 0 : maxCells];
    }

    boolean isEnabled() {
        return quotaBytes != 0;
    }

    long quotaBytes() {
        return quotaBytes;
    }

    /** What the job may still take. */
    long leftBytes(final int jobId) {
        return isEnabled() ? quotaBytes - usedBytes(jobId) : Long.MAX_VALUE;
    }

    long usedBytes(final int jobId) {
        final Usage usage = usages.get(jobId);
        return usage == null ? 0 : usage.bytes;
    }

    boolean isOf(final int cell, final int jobId) {
        return isEnabled() && jobOf[cell] == jobId;
    }

    void charge(final int cell, final int jobId, final long bytes) {
        if (isEnabled()) {
            jobOf[cell] = jobId;
            usages.computeIfAbsent(jobId, ignored -> new Usage()).bytes += bytes;
        }
    }

    /** The cell is free again. */
    void discharge(final int cell, final long bytes) {
        if (isEnabled()) {
            final Usage usage = usages.get(jobOf[cell]);
            usage.bytes -= bytes;
            if (usage.bytes == 0) {
                usages.remove(jobOf[cell]);
            }
        }
    }
}
