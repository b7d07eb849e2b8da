/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The compact form in which counts travel between tasks: distinct keys in ascending order of their unsigned bytes, each
 * with its count, in one array. A key is written as what it adds to the key before it, which takes a table of method
 * references down to about a quarter. Two such streams are merged by reading both once, so a reduce task needs no hash
 * table, and equal counts are equal bytes, however the input was cut into chunks.
 *
 * <pre>
 * offset length type    field    meaning
 *      0      4 i32 LE  magic    0x4354_4254
 *      4      8 i64 LE  entries  distinct keys that follow
 *     12      8 i64 LE  sum      of all counts
 *     20        entries of: shared  varint  bytes taken over from the start of the key before
 *                           added   varint  bytes that follow, at least 1 except for an empty first key
 *                           suffix  bytes
 *                           count   varint  at least 1
 * </pre>
 *
 * <p>A varint has seven bits a byte, low ones first, the high bit set in all but the last. Pure functions, any thread.
 */
final class SortedCounts {
    static final int MAGIC = 0x4354_4254;
    static final int HEADER_BYTES = 20;

    private SortedCounts() {}

    /** The form without any entry, which merges with everything. */
    static byte[] empty() {
        return new SortedCountsWriter(HEADER_BYTES).toBytes();
    }

    static byte[] of(CountTable table) {
        int[] order = KeySort.sorted(table);
        byte[] keys = table.keys();
        SortedCountsWriter writer = new SortedCountsWriter(HEADER_BYTES + table.size() * 24);
        for (int entry : order) {
            writer.add(keys, table.keyOffset(entry), table.keyLength(entry), table.count(entry));
        }
        return writer.toBytes();
    }

    /** Adds up any number of streams. Reads each once; no part of it depends on how many keys there are. */
    static byte[] merge(List<byte[]> parts) {
        int open = 0;
        int largest = 0;
        SortedCountsCursor[] cursors = new SortedCountsCursor[parts.size()];
        for (byte[] part : parts) {
            SortedCountsCursor cursor = new SortedCountsCursor(part);
            largest = Math.max(largest, part.length);
            if (cursor.next()) {
                cursors[open++] = cursor;
            }
        }
        SortedCountsWriter writer = new SortedCountsWriter((int) Math.min(largest * 2L, Integer.MAX_VALUE / 2));
        while (open > 0) {
            SortedCountsCursor least = cursors[0];
            for (int i = 1; i < open; i++) {
                if (cursors[i].compareKey(least) < 0) {
                    least = cursors[i];
                }
            }
            open = addAndAdvance(writer, least, cursors, open);
        }
        return writer.toBytes();
    }

    /** Writes the least key with the counts of all that stand on it, moves those on, and closes up the finished ones. */
    private static int addAndAdvance(
            SortedCountsWriter writer, SortedCountsCursor least, SortedCountsCursor[] cursors, int open) {
        long count = 0;
        for (int i = 0; i < open; i++) {
            if (cursors[i] == least || cursors[i].compareKey(least) == 0) {
                count = Math.addExact(count, cursors[i].count());
                cursors[i].markForAdvance();
            }
        }
        writer.add(least.key(), 0, least.keyLength(), count);
        int kept = 0;
        for (int i = 0; i < open; i++) {
            if (cursors[i].advanceIfMarked()) {
                cursors[kept++] = cursors[i];
            }
        }
        return kept;
    }

    static long entries(byte[] counts) {
        return header(counts).getLong(4);
    }

    static long sum(byte[] counts) {
        return header(counts).getLong(12);
    }

    static ByteBuffer header(byte[] counts) {
        if (counts.length < HEADER_BYTES) {
            throw new IllegalArgumentException("not a table of counts: length=" + counts.length);
        }
        ByteBuffer header = ByteBuffer.wrap(counts).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getInt(0) != MAGIC) {
            throw new IllegalArgumentException("not a table of counts: magic=0x" + Integer.toHexString(header.getInt(0))
                    + ", expected 0x" + Integer.toHexString(MAGIC));
        }
        return header;
    }

    static int compare(byte[] a, int aLength, byte[] b, int bLength) {
        return Arrays.compareUnsigned(a, 0, aLength, b, 0, bLength);
    }
}
