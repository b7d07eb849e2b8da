/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes a {@link SortedCounts} stream; keys come in strictly ascending order. Not thread-safe. */
final class SortedCountsWriter {
    private static final int MAX_BYTES = Integer.MAX_VALUE - 64;
    private static final int NUMBERS_BYTES = 5 + 5 + 10;

    private byte[] target;
    private int position = SortedCounts.HEADER_BYTES;
    private byte[] previous = new byte[256];
    private int previousLength;
    private long entries;
    private long sum;

    SortedCountsWriter(int expectedBytes) {
        target = new byte[Math.max(SortedCounts.HEADER_BYTES, expectedBytes)];
    }

    /**
     * Appends one entry.
     *
     * @throws IllegalArgumentException if the key is not greater than the last one, or the count is less than 1
     * @throws IllegalStateException if the stream would be longer than an array can be
     */
    void add(byte[] source, int offset, int length, long count) {
        int mismatch = Arrays.mismatch(source, offset, offset + length, previous, 0, previousLength);
        int shared = mismatch < 0 ? length : mismatch;
        boolean first = entries == 0;
        boolean ascending = first
                || (shared < length
                        && (shared == previousLength || (source[offset + shared] & 0xFF) > (previous[shared] & 0xFF)));
        if (!ascending || count < 1) {
            throw new IllegalArgumentException(
                    "entry " + entries + ": count=" + count + ", key greater than the last: " + ascending);
        }
        int added = length - shared;
        ensure(added + NUMBERS_BYTES);
        varint(shared);
        varint(added);
        System.arraycopy(source, offset + shared, target, position, added);
        position += added;
        varint(count);
        if (length > previous.length) {
            previous = Arrays.copyOf(previous, Math.max(length, previous.length * 2));
        }
        System.arraycopy(source, offset + shared, previous, shared, added);
        previousLength = length;
        entries++;
        sum = Math.addExact(sum, count);
    }

    byte[] toBytes() {
        ByteBuffer.wrap(target)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, SortedCounts.MAGIC)
                .putLong(4, entries)
                .putLong(12, sum);
        return Arrays.copyOf(target, position);
    }

    private void ensure(int bytes) {
        if (bytes <= target.length - position) {
            return;
        }
        if (bytes > MAX_BYTES - position) {
            throw new IllegalStateException("table of counts is full: bytes=" + position + ", limit=" + MAX_BYTES);
        }
        target = Arrays.copyOf(target, (int) Math.min(MAX_BYTES, Math.max(position + bytes, target.length * 3L / 2)));
    }

    private void varint(long value) {
        long rest = value;
        while (rest > 0x7F) {
            target[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[position++] = (byte) rest;
    }
}
