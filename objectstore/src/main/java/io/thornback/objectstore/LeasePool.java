/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The cells of one size class that a client has been leased and not yet used. Any thread; no lock. What comes out
 * of here is a hint like everything else: the cell is the caller's only when its CAS from LEASED to WRITING succeeds,
 * because the store may have taken the lease back.
 */
final class LeasePool {
    private static final long BATCH_BYTES = 256 * 1024;
    private static final int FIRST_BATCH = 16;
    private static final long REFUSED_PAUSE_NS = 10_000_000;

    /** Tokens of one grant, given out in order. */
    private static final class Batch {
        final long[] tokens;
        final AtomicInteger next;

        Batch(final long[] tokens, final int from) {
            this.tokens = tokens;
            this.next = new AtomicInteger(from);
        }
    }

    final int cellBytes;
    private final int maxBatchCells;
    private final AtomicReference<Batch> current = new AtomicReference<>();
    private final ConcurrentLinkedQueue<Batch> spare = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean requested = new AtomicBoolean();
    private volatile int batchCells;
    private volatile long refusedUntilNs;
    private volatile boolean refused;

    LeasePool(final int sizeClass) {
        cellBytes = SizeClasses.cellBytes(sizeClass);
        maxBatchCells = (int) Math.max(1, Math.min(Outbox.MAX_GRANT_CELLS, BATCH_BYTES / cellBytes));
        batchCells = Math.min(FIRST_BATCH, maxBatchCells);
    }

    /** How many to ask for: twice as many as the last time, up to a limit, so that who puts seldom holds little. */
    int nextBatchCells() {
        final int cells = batchCells;
        batchCells = Math.min(maxBatchCells, cells * 2);
        return cells;
    }

    /** A token ({@link CellDescriptor#token}), or 0 if none is at hand. */
    long take() {
        Batch batch = current.get();
        while (batch != null) {
            // The plain check keeps the counter from growing without end while the pool is empty.
            if (batch.next.get() < batch.tokens.length) {
                final int next = batch.next.getAndIncrement();
                if (next < batch.tokens.length) {
                    return batch.tokens[next];
                }
            }
            final Batch replacement = spare.poll();
            if (replacement == null) {
                final Batch now = current.get();
                if (now == batch) {
                    return 0;
                }
                batch = now;
            } else if (current.compareAndSet(batch, replacement)) {
                batch = replacement;
            } else {
                spare.add(replacement);
                batch = current.get();
            }
        }
        return 0;
    }

    /** Adds a grant's tokens from the given one on. */
    void add(final long[] tokens, final int from) {
        if (from < tokens.length && !current.compareAndSet(null, new Batch(tokens, from))) {
            spare.add(new Batch(tokens, from));
        }
    }

    /** Half of the last grant is used and no other is at hand. Two loads; for the hot path. */
    boolean isLow() {
        final Batch batch = current.get();
        return batch != null
                && batch.tokens.length - batch.next.get() <= batch.tokens.length >> 1
                && !requested.get()
                && spare.isEmpty();
    }

    /** True for one caller when it is time to ask for more; that caller must ask, or call {@link #answered}. */
    boolean claimPrefetch(final long nowNs) {
        return (!refused || nowNs - refusedUntilNs >= 0) && requested.compareAndSet(false, true);
    }

    /** The request of {@link #claimPrefetch} is over. */
    void answered(final boolean granted, final long nowNs) {
        refusedUntilNs = nowNs + REFUSED_PAUSE_NS;
        refused = !granted;
        requested.set(false);
    }
}
