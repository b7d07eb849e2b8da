/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.Arrays;

/**
 * Reads a {@link SortedCounts} stream entry by entry. The key's array is the cursor's own and is overwritten by the
 * next step. Checks what it reads: order, lengths, and at the end the header's number of entries and their sum.
 */
final class SortedCountsCursor {
    private final byte[] source;
    private final long entries;
    private final long sum;
    private int position = SortedCounts.HEADER_BYTES;
    private long seen;
    private long seenSum;
    private byte[] key = new byte[256];
    private int keyLength;
    private long count;
    private boolean marked;

    /** @throws IllegalArgumentException if {@code source} does not start with the header of a table of counts */
    SortedCountsCursor(byte[] source) {
        this.source = source;
        this.entries = SortedCounts.entries(source);
        this.sum = SortedCounts.sum(source);
    }

    /**
     * Moves to the next entry.
     *
     * @return false at the end
     * @throws IllegalArgumentException if the stream is damaged; the message says where
     */
    boolean next() {
        if (seen == entries) {
            if (position != source.length || seenSum != sum) {
                throw damaged("end does not match header");
            }
            return false;
        }
        long shared = varint();
        long added = varint();
        if (shared > keyLength || added > source.length - position || (added == 0 && seen > 0)) {
            throw damaged("shared=" + shared + ", added=" + added);
        }
        int at = (int) shared;
        if (at < keyLength && added > 0 && (source[position] & 0xFF) <= (key[at] & 0xFF)) {
            throw damaged("keys out of order");
        }
        int length = at + (int) added;
        if (length > key.length) {
            key = Arrays.copyOf(key, Math.max(length, key.length * 2));
        }
        System.arraycopy(source, position, key, at, (int) added);
        position += (int) added;
        keyLength = length;
        count = varint();
        if (count < 1) {
            throw damaged("count=" + count);
        }
        seen++;
        seenSum += count;
        return true;
    }

    byte[] key() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    long count() {
        return count;
    }

    int compareKey(SortedCountsCursor other) {
        return SortedCounts.compare(key, keyLength, other.key, other.keyLength);
    }

    void markForAdvance() {
        marked = true;
    }

    /** Moves on if marked; false if that came to the end. */
    boolean advanceIfMarked() {
        if (!marked) {
            return true;
        }
        marked = false;
        return next();
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position >= source.length) {
                throw damaged("cut short");
            }
            byte b = source[position++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged("number too long");
    }

    private IllegalArgumentException damaged(String what) {
        return new IllegalArgumentException("damaged table of counts: " + what + ", entry=" + seen + " of " + entries
                + ", position=" + position + " of " + source.length);
    }
}
