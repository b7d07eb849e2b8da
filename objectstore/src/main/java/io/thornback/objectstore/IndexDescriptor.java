/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * The hash from object id to cell, in {@code index.dat}: a header and two tables of equal size, of which
 * {@code generation} names the one in use. One writer, the store; clients map it read-only.
 *
 * <p>Byte order little-endian, fields aligned to their length. Each table is {@code capacity} entries of 8 bytes:
 * table 0 begins at {@link #TABLES_OFFSET}, table 1 behind it.
 *
 * <pre>
 * offset length type  field       writer  order    meaning
 *      0      4 i32   magic       store   plain    0x54484958
 *      4      4 i32   version     store   release  written last; 0 = not ready
 *      8      8 i64   capacity    store   plain    entries of one table, a power of two
 *     64      8 i64   generation  store   release  its lowest bit says which table is in use
 * </pre>
 *
 * <pre>
 * offset length type  field        writer  order    meaning
 *      0      8 i64   entry        store   release  0 = empty, 1 = tombstone, else fingerprint 32 | cell + 2
 * </pre>
 *
 * <p>An entry never moves within its table: it goes from empty or tombstone to a cell, and from a cell to tombstone, or
 * to empty when the next entry is empty too. A reader may see any mixture of old and new entries, also of a table that
 * is being rebuilt under it. That is harmless by two rules: a hit is a hint that the descriptor confirms, and a
 * miss is never final, the store is asked. If the store dies between two stores, nothing is lost: the index is derived
 * from the descriptors, and rebuilt by the next store.
 */
final class IndexDescriptor {
    static final int MAGIC = 0x54484958;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int VERSION_OFFSET = 4;
    static final int VERSION_LENGTH = 4;
    static final int CAPACITY_OFFSET = 8;
    static final int CAPACITY_LENGTH = 8;
    static final int GENERATION_OFFSET = 64;
    static final int GENERATION_LENGTH = 8;

    static final int ENTRY_OFFSET = 0;
    static final int ENTRY_LENGTH = 8;

    static final int TABLES_OFFSET = 128;

    static final long EMPTY = 0;
    static final long TOMBSTONE = 1;
    static final int CELL_BIAS = 2;

    private IndexDescriptor() {}

    static long fileLength(final long capacity) {
        return TABLES_OFFSET + 2 * capacity * ENTRY_LENGTH;
    }

    /** Entries of one table: at most half full at most cells. */
    static long capacityFor(final int maxCells) {
        return Math.max(64, Long.highestOneBit(2L * maxCells - 1) << 1);
    }

    static long table(final long address, final long capacity, final long generation) {
        return address + TABLES_OFFSET + (generation & 1) * capacity * ENTRY_LENGTH;
    }

    static long entry(final long hash, final int cell) {
        return (hash & 0xFFFFFFFF_00000000L) | (cell + CELL_BIAS);
    }

    static boolean matches(final long entry, final long hash) {
        return (entry ^ hash) >>> 32 == 0 && (entry & 0xFFFFFFFFL) >= CELL_BIAS;
    }

    static int cell(final long entry) {
        return (int) entry - CELL_BIAS;
    }
}
