/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sorts the keys of a {@link CountTable} by their bytes, unsigned: a three-way radix quicksort (Bentley and Sedgewick,
 * "Fast algorithms for sorting and searching strings", 1997) that looks at eight bytes a level instead of one. The keys
 * here share long prefixes ({@code java/lang/invoke/…}), which a comparison sort would read again in every comparison,
 * and this one reads once.
 *
 * <p>Keys must not contain zero bytes: a key's end reads as zeros, which is what sorts a prefix before what follows it.
 */
final class KeySort {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int SMALL = 12;

    private final CountTable table;
    private final byte[] keys;
    private final int[] order;
    private int seed = 0x2545_F491;

    private KeySort(CountTable table) {
        this.table = table;
        this.keys = table.keys();
        this.order = new int[table.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
    }

    /** The numbers of the table's entries, in the order of their keys. */
    static int[] sorted(CountTable table) {
        KeySort sort = new KeySort(table);
        sort.sort(0, sort.order.length, 0);
        return sort.order;
    }

    /** Sorts {@code order[from, to)}, whose keys agree in their first {@code depth} bytes. */
    private void sort(int first, int last, int startDepth) {
        int from = first;
        int to = last;
        int depth = startDepth;
        while (to - from > SMALL) {
            long pivot = median(from, to, depth);
            int less = from;
            int greater = to;
            int i = from;
            while (i < greater) {
                int c = Long.compareUnsigned(word(order[i], depth), pivot);
                if (c < 0) {
                    swap(less++, i++);
                } else if (c > 0) {
                    swap(i, --greater);
                } else {
                    i++;
                }
            }
            sort(from, less, depth);
            sort(greater, to, depth);
            if ((pivot & 0xFF) == 0) {
                return; // these keys end within this word: distinct keys, so there is one of them
            }
            from = less;
            to = greater;
            depth += Long.BYTES;
        }
        insertionSort(from, to, depth);
    }

    private void insertionSort(int from, int to, int depth) {
        for (int i = from + 1; i < to; i++) {
            int moving = order[i];
            int at = i;
            while (at > from && compare(moving, order[at - 1], depth) < 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = moving;
        }
    }

    private int compare(int a, int b, int startDepth) {
        int depth = startDepth;
        while (true) {
            long left = word(a, depth);
            int c = Long.compareUnsigned(left, word(b, depth));
            if (c != 0 || (left & 0xFF) == 0) {
                return c;
            }
            depth += Long.BYTES;
        }
    }

    private long median(int from, int to, int depth) {
        long a = word(order[from + random(to - from)], depth) + Long.MIN_VALUE;
        long b = word(order[from + random(to - from)], depth) + Long.MIN_VALUE;
        long c = word(order[from + random(to - from)], depth) + Long.MIN_VALUE;
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)) - Long.MIN_VALUE;
    }

    /** From 0 to {@code bound - 1} (xorshift): where pivots lie must not follow from the order of the input. */
    private int random(int bound) {
        seed ^= seed << 13;
        seed ^= seed >>> 17;
        seed ^= seed << 5;
        return (int) (((seed & 0xFFFF_FFFFL) * bound) >>> 32);
    }

    /** The key's eight bytes at {@code depth}, big-endian, zeros behind its end. */
    private long word(int entry, int depth) {
        int length = table.keyLength(entry) - depth;
        int at = table.keyOffset(entry) + depth;
        if (length >= Long.BYTES) {
            return (long) LONGS.get(keys, at);
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (keys[at + i] & 0xFFL) << (56 - 8 * i);
        }
        return word;
    }

    private void swap(int i, int j) {
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}
