/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * Says of most ids that they are not in a set, at the cost of one byte read: a count per hash, one hash per id. Every object that is sealed is looked up among those on disk, which
 * should cost nothing when it is not there. One thread.
 */
final class CatalogFilter {
    private static final int MOST_SLOTS = 1 << 26;
    /** A count that was reached once stays: how many there were beyond it is not known. */
    private static final byte MANY = (byte) 0xFF;

    private final byte[] counts;

    /** Two slots for each of so many ids. */
    CatalogFilter(final long ids) {
        counts = new byte[(int) Math.min(MOST_SLOTS, Long.highestOneBit(Math.max(ids, 32) * 2 - 1) << 1)];
    }

    boolean mayContain(final ObjectId id) {
        return counts[slot(id)] != 0;
    }

    void add(final ObjectId id) {
        if (counts[slot(id)] != MANY) {
            counts[slot(id)]++;
        }
    }

    /** Of an id that was added. */
    void remove(final ObjectId id) {
        if (counts[slot(id)] != MANY) {
            counts[slot(id)]--;
        }
    }

    private int slot(final ObjectId id) {
        return (int) (id.hash >>> 20) & (counts.length - 1);
    }
}
