/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * Which memory an object of a size gets. Up to {@link #MAX_CLASS_BYTES} one of {@link #COUNT} classes: multiples of 64 up
 * to 1 KiB, then eight classes per doubling, so that at most 12.5 % is wasted above 512 bytes. Larger ones get an
 * extent of whole pages of 4 KiB.
 *
 * <p>Pure functions, any thread.
 */
final class SizeClasses {
    static final int GRANULE_BYTES = 64;
    static final int MAX_CLASS_BYTES = 64 * 1024;
    static final int PAGE_BYTES = 4096;
    /** Not a class: the size needs an extent. */
    static final int EXTENT = -1;

    private static final int LINEAR_CLASSES = 16;
    private static final int LINEAR_BYTES = 1024;
    private static final int LINEAR_SHIFT = 10;
    private static final int STEPS_SHIFT = 3;
    private static final int DOUBLINGS = 6;

    static final int COUNT = LINEAR_CLASSES + (DOUBLINGS << STEPS_SHIFT);

    private static final int SLAB_STEP_BYTES = 64 * 1024;
    private static final int MAX_SLAB_BYTES = 1024 * 1024;
    private static final int MIN_CELLS_PER_SLAB = 8;
    private static final int MAX_TAIL_SHIFT = 5;

    private SizeClasses() {}

    /** The class whose cells hold {@code sizeBytes}, or {@link #EXTENT}. */
    static int classOf(final long sizeBytes) {
        if (sizeBytes <= LINEAR_BYTES) {
            return (int) ((Math.max(1, sizeBytes) - 1) / GRANULE_BYTES);
        }
        if (sizeBytes > MAX_CLASS_BYTES) {
            return EXTENT;
        }
        final int last = (int) sizeBytes - 1;
        final int doubling = 31 - Integer.numberOfLeadingZeros(last);
        final int step = (last >>> (doubling - STEPS_SHIFT)) & ((1 << STEPS_SHIFT) - 1);
        return LINEAR_CLASSES + ((doubling - LINEAR_SHIFT) << STEPS_SHIFT) + step;
    }

    /** Bytes of a cell of the class. */
    static int cellBytes(final int sizeClass) {
        if (sizeClass < LINEAR_CLASSES) {
            return (sizeClass + 1) * GRANULE_BYTES;
        }
        final int beyond = sizeClass - LINEAR_CLASSES;
        final int doubling = LINEAR_SHIFT + (beyond >>> STEPS_SHIFT);
        final int step = (beyond & ((1 << STEPS_SHIFT) - 1)) + 1;
        return (1 << doubling) + (step << (doubling - STEPS_SHIFT));
    }

    /** Bytes that are taken from the arena for an object of this size; at least {@code sizeBytes}. */
    static long capacityFor(final long sizeBytes) {
        if (sizeBytes > Long.MAX_VALUE - PAGE_BYTES) {
            return Long.MAX_VALUE; // more than any arena; rounding up would overflow
        }
        final int sizeClass = classOf(sizeBytes);
        return sizeClass == EXTENT ? (sizeBytes + PAGE_BYTES - 1) & -PAGE_BYTES : cellBytes(sizeClass);
    }

    /** Bytes of a slab of the class: at least eight cells, at most 1/32 left over at its end where that can be had. */
    static int slabBytes(final int sizeClass) {
        final int cellBytes = cellBytes(sizeClass);
        int best = 0;
        double bestTail = 1;
        for (int slab = SLAB_STEP_BYTES; slab <= MAX_SLAB_BYTES; slab += SLAB_STEP_BYTES) {
            final int cells = slab / cellBytes;
            final double tail = (double) (slab - cells * cellBytes) / slab;
            if (cells >= MIN_CELLS_PER_SLAB && tail < bestTail) {
                best = slab;
                bestTail = tail;
                if (slab - cells * cellBytes <= slab >>> MAX_TAIL_SHIFT) {
                    return best;
                }
            }
        }
        return best;
    }
}
