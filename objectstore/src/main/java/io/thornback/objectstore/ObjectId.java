/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.ByteOrder;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Names one object: the 24 bytes of the task that makes it, then the index among that task's results. The job's
 * number is inside the task's bytes (i32 little-endian at 20..23), the index is u32 little-endian at 24..27.
 *
 * <p>Immutable, compared by value, safe to share between threads. The hash is computed once.
 */
public final class ObjectId implements Comparable<ObjectId> {
    /** Bytes of an id. */
    public static final int LENGTH_BYTES = 28;

    private static final int JOB_SHIFT = 32;

    /** Bytes 0..23 as little-endian words, and bytes 24..27. */
    final long word0;

    final long word1;
    final long word2;
    final int word3;
    final long hash;

    ObjectId(final long word0, final long word1, final long word2, final int word3) {
        this.word0 = word0;
        this.word1 = word1;
        this.word2 = word2;
        this.word3 = word3;
        this.hash = hash(word0, word1, word2, word3);
    }

    /**
     * Reads an id.
     *
     * @param buffer holds {@link #LENGTH_BYTES} bytes at {@code offset}
     * @param offset in bytes
     * @return the id; the buffer is not kept
     * @throws IndexOutOfBoundsException if the buffer is too short
     */
    public static ObjectId of(final DirectBuffer buffer, final int offset) {
        return new ObjectId(
                buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(offset + 8, ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(offset + 16, ByteOrder.LITTLE_ENDIAN),
                buffer.getInt(offset + 24, ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * Reads an id from a byte array.
     *
     * @param bytes holds {@link #LENGTH_BYTES} bytes at {@code offset}
     * @param offset in bytes
     * @return the id; the array is not kept
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public static ObjectId of(final byte[] bytes, final int offset) {
        return of(new UnsafeBuffer(bytes), offset);
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @param hex 56 hexadecimal digits
     * @return the id
     * @throws IllegalArgumentException if the text is not that
     */
    public static ObjectId parse(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("an object id has 56 hexadecimal digits, not " + hex.length());
        }
        return of(bytes, 0);
    }

    /** Reads an id from memory that the caller has bounds-checked. */
    static ObjectId ofAddress(final long address) {
        return new ObjectId(
                UnsafeApi.getLongUnaligned(null, address),
                UnsafeApi.getLongUnaligned(null, address + 8),
                UnsafeApi.getLongUnaligned(null, address + 16),
                UnsafeApi.getIntUnaligned(null, address + 24));
    }

    /** Writes the id to memory that the caller has bounds-checked. */
    void putIntoAddress(final long address) {
        UnsafeApi.putLongUnaligned(null, address, word0);
        UnsafeApi.putLongUnaligned(null, address + 8, word1);
        UnsafeApi.putLongUnaligned(null, address + 16, word2);
        UnsafeApi.putIntUnaligned(null, address + 24, word3);
    }

    boolean equalsAddress(final long address) {
        return UnsafeApi.getLongUnaligned(null, address) == word0
                && UnsafeApi.getLongUnaligned(null, address + 8) == word1
                && UnsafeApi.getLongUnaligned(null, address + 16) == word2
                && UnsafeApi.getIntUnaligned(null, address + 24) == word3;
    }

    /** Mixes all 28 bytes; ids that differ in the index alone spread over the whole range. */
    static long hash(final long word0, final long word1, final long word2, final int word3) {
        long h = word0 * 0x9E3779B97F4A7C15L;
        h = (Long.rotateLeft(h, 29) ^ word1) * 0xBF58476D1CE4E5B9L;
        h = (Long.rotateLeft(h, 29) ^ word2) * 0x94D049BB133111EBL;
        h = (Long.rotateLeft(h, 29) ^ word3) * 0x9E3779B97F4A7C15L;
        h ^= h >>> 32;
        h *= 0xD6E8FEB86659FD93L;
        return h ^ (h >>> 29);
    }

    /**
     * Writes the {@link #LENGTH_BYTES} bytes of this id.
     *
     * @param buffer to write to
     * @param offset in bytes
     */
    public void putInto(final MutableDirectBuffer buffer, final int offset) {
        buffer.putLong(offset, word0, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(offset + 8, word1, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(offset + 16, word2, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + 24, word3, ByteOrder.LITTLE_ENDIAN);
    }

    /** The 28 bytes, a fresh array. */
    public byte[] toByteArray() {
        final byte[] bytes = new byte[LENGTH_BYTES];
        putInto(new UnsafeBuffer(bytes), 0);
        return bytes;
    }

    /** The job whose task makes this object. */
    public int jobId() {
        return (int) (word2 >>> JOB_SHIFT);
    }

    /** Which of its task's results this is, 0..2^32-1. */
    public long index() {
        return Integer.toUnsignedLong(word3);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ObjectId that
                && word0 == that.word0
                && word1 == that.word1
                && word2 == that.word2
                && word3 == that.word3;
    }

    @Override
    public int hashCode() {
        return (int) hash;
    }

    @Override
    public int compareTo(final ObjectId other) {
        int order = Long.compareUnsigned(Long.reverseBytes(word0), Long.reverseBytes(other.word0));
        if (order == 0) {
            order = Long.compareUnsigned(Long.reverseBytes(word1), Long.reverseBytes(other.word1));
        }
        if (order == 0) {
            order = Long.compareUnsigned(Long.reverseBytes(word2), Long.reverseBytes(other.word2));
        }
        return order != 0
                ? order
                : Integer.compareUnsigned(Integer.reverseBytes(word3), Integer.reverseBytes(other.word3));
    }

    /** 56 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toByteArray());
    }
}
