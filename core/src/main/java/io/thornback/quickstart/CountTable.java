/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Counts by key, where a key is a slice of bytes. Each distinct key is copied once, into one growing array that holds
 * all keys back to back; counts, hashes and places are primitive arrays, so that a million additions of known keys
 * allocate nothing, and the collector sees five arrays instead of a million entries. Open addressing, linear probing,
 * at most half full.
 *
 * <p>Entries are numbered from 0 in the order in which their keys were first seen. Not thread-safe.
 */
final class CountTable {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_KEY_BYTES = 1 << 30;
    private static final int MAX_ENTRIES = 1 << 28;
    private static final int INITIAL_ENTRIES = 1 << 13;

    private byte[] keys = new byte[INITIAL_ENTRIES * 32];
    private int[] keyOffsets = new int[INITIAL_ENTRIES + 1];
    private int[] hashes = new int[INITIAL_ENTRIES];
    private long[] counts = new long[INITIAL_ENTRIES];
    /** Entry number + 1, or 0 for a free slot. */
    private int[] slots = new int[INITIAL_ENTRIES * 2];

    private int size;

    /**
     * Adds {@code count} to the key of {@code length} bytes at {@code offset} of {@code source}.
     *
     * @throws IllegalStateException if the table would hold more than 2^28 keys or 1 GiB of key bytes
     */
    void add(byte[] source, int offset, int length, long count) {
        int hash = hash(source, offset, length);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int entry = slots[slot] - 1;
            if (hashes[entry] == hash && isKey(entry, source, offset, length)) {
                counts[entry] += count;
                return;
            }
            slot = (slot + 1) & mask;
        }
        append(source, offset, length);
        hashes[size] = hash;
        counts[size] = count;
        slots[slot] = ++size;
        if (size == counts.length) {
            grow();
        }
    }

    /** How many distinct keys there are. */
    int size() {
        return size;
    }

    long count(int entry) {
        return counts[entry];
    }

    int keyOffset(int entry) {
        return keyOffsets[entry];
    }

    int keyLength(int entry) {
        return keyOffsets[entry + 1] - keyOffsets[entry];
    }

    /** The bytes of all keys; valid until the next {@link #add}, and not to be written. */
    byte[] keys() {
        return keys;
    }

    private boolean isKey(int entry, byte[] source, int offset, int length) {
        int from = keyOffsets[entry];
        int to = keyOffsets[entry + 1];
        return to - from == length && Arrays.equals(keys, from, to, source, offset, offset + length);
    }

    private void append(byte[] source, int offset, int length) {
        int at = keyOffsets[size];
        if (size >= MAX_ENTRIES || length > MAX_KEY_BYTES - at) {
            throw new IllegalStateException("count table is full: keys=" + size + " (limit " + MAX_ENTRIES
                    + "), keyBytes=" + ((long) at + length) + " (limit " + MAX_KEY_BYTES + "); use smaller chunks");
        }
        if (length > keys.length - at) {
            keys = Arrays.copyOf(keys, (int) Math.min(MAX_KEY_BYTES, Math.max(at + length, keys.length * 2L)));
        }
        System.arraycopy(source, offset, keys, at, length);
        keyOffsets[size + 1] = at + length;
    }

    private void grow() {
        int capacity = size * 2;
        keyOffsets = Arrays.copyOf(keyOffsets, capacity + 1);
        hashes = Arrays.copyOf(hashes, capacity);
        counts = Arrays.copyOf(counts, capacity);
        slots = new int[capacity * 2];
        int mask = slots.length - 1;
        for (int entry = 0; entry < size; entry++) {
            int slot = hashes[entry] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = entry + 1;
        }
    }

    /** Eight bytes a step: multiply and fold, so that every byte reaches the low bits, which choose the slot. */
    private static int hash(byte[] source, int offset, int length) {
        long h = length * 0x9E37_79B9_7F4A_7C15L;
        int at = offset;
        int end = offset + length;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            h = (h ^ (long) LONGS.get(source, at)) * 0x9E37_79B9_7F4A_7C15L;
            h ^= h >>> 32;
        }
        long tail = 0;
        for (; at < end; at++) {
            tail = (tail << 8) | (source[at] & 0xFF);
        }
        h = (h ^ tail) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (h ^ (h >>> 32));
    }
}
