/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/**
 * Cells that this client has sealed and the store has perhaps not yet entered into the index, so that a client finds its own
 * puts at once. Any thread; no lock, no allocation.
 *
 * <p>An entry is live while its descriptor says WRITING at its generation: then the store has not applied the SEAL. There is
 * nothing to count and nothing to take out: a dead entry is overwritten by the next put that falls into its bucket.
 * No pin is needed for the time in between, because the store does not touch a WRITING cell of a living client.
 */
final class OwnPuts {
    private static final int WAYS = 8;
    private static final int BUCKETS = 1024;

    private final AtomicLongArray tokens;
    private final long cellsAddress;

    OwnPuts(final long cellsAddress) {
        this(cellsAddress, BUCKETS);
    }

    /** With another number of buckets, a power of two. */
    OwnPuts(final long cellsAddress, final int buckets) {
        this.tokens = new AtomicLongArray(WAYS * buckets);
        this.cellsAddress = cellsAddress;
    }

    /**
     * Enters a cell whose SEAL is committed.
     *
     * @return false if the id's bucket is full of seals that the store has not applied
     */
    boolean add(final ObjectId id, final long token) {
        final int from = bucket(id);
        for (int i = from; i < from + WAYS; i++) {
            final long other = tokens.get(i);
            if ((other == 0 || isApplied(other)) && tokens.compareAndSet(i, other, token)) {
                return true;
            }
        }
        return false;
    }

    /** The token of the cell that this client has sealed under the id, or 0. To be confirmed under a pin. */
    long find(final ObjectId id) {
        final int from = bucket(id);
        for (int i = from; i < from + WAYS; i++) {
            final long token = tokens.get(i);
            if (token != 0) {
                final long cell = CellDescriptor.address(cellsAddress, CellDescriptor.tokenCell(token));
                final long word = CellDescriptor.wordVolatile(cell);
                if (CellDescriptor.generation(word) == CellDescriptor.tokenGeneration(token)) {
                    if (id.equalsAddress(cell + CellDescriptor.ID_OFFSET)) {
                        return token;
                    }
                } else {
                    // Not needed for correctness: the next miss need not look at that descriptor again.
                    tokens.compareAndSet(i, token, 0);
                }
            }
        }
        return 0;
    }

    /** Every put that is entered, and WRITING still. */
    void forEachUnapplied(final LongConsumer action) {
        for (int i = 0; i < tokens.length(); i++) {
            final long token = tokens.get(i);
            if (token != 0 && !isApplied(token)) {
                action.accept(token);
            }
        }
    }

    private boolean isApplied(final long token) {
        final long word =
                CellDescriptor.wordVolatile(CellDescriptor.address(cellsAddress, CellDescriptor.tokenCell(token)));
        return CellDescriptor.generation(word) != CellDescriptor.tokenGeneration(token)
                || CellDescriptor.state(word) != CellDescriptor.WRITING;
    }

    private int bucket(final ObjectId id) {
        return (int) (id.hash & (tokens.length() / WAYS - 1)) * WAYS;
    }
}
