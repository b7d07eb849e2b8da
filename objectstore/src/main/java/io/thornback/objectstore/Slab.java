/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** An extent cut into cells of one size class, with one bit per cell: set = free. One thread. */
final class Slab implements Comparable<Slab> {
    final int id;
    final int sizeClass;
    final long offset;
    final int lengthBytes;
    private final int cellBytes;
    private final int cells;
    private final long[] free;
    private int freeCells;

    Slab(final int id, final int sizeClass, final long offset) {
        this.id = id;
        this.sizeClass = sizeClass;
        this.offset = offset;
        this.lengthBytes = SizeClasses.slabBytes(sizeClass);
        this.cellBytes = SizeClasses.cellBytes(sizeClass);
        this.cells = lengthBytes / cellBytes;
        this.free = new long[(cells + Long.SIZE - 1) / Long.SIZE];
        for (int i = 0; i < cells; i++) {
            free[i >>> 6] |= 1L << i;
        }
        this.freeCells = cells;
    }

    /** Takes the lowest free cell; the caller knows that there is one. */
    long take() {
        int word = 0;
        while (free[word] == 0) {
            word++;
        }
        final int bit = Long.numberOfTrailingZeros(free[word]);
        free[word] &= ~(1L << bit);
        freeCells--;
        return offset + (long) ((word << 6) + bit) * cellBytes;
    }

    /** Takes a certain cell; false if there is none, or it is taken. */
    boolean take(final int place) {
        if (place < 0 || place >= cells || (free[place >>> 6] & (1L << place)) == 0) {
            return false;
        }
        free[place >>> 6] &= ~(1L << place);
        freeCells--;
        return true;
    }

    void giveBack(final long cellOffset) {
        final long within = cellOffset - offset;
        final int cell = (int) (within / cellBytes);
        if (within < 0 || cell >= cells || within % cellBytes != 0 || (free[cell >>> 6] & (1L << cell)) != 0) {
            throw new IllegalStateException("not a used cell of this slab: cell offset=" + cellOffset + " slab offset="
                    + offset + " cell bytes=" + cellBytes);
        }
        free[cell >>> 6] |= 1L << cell;
        freeCells++;
    }

    /** Which cell it is, from 0. */
    int place(final long cellOffset) {
        return (int) ((cellOffset - offset) / cellBytes);
    }

    boolean isFull() {
        return freeCells == 0;
    }

    boolean isEmpty() {
        return freeCells == cells;
    }

    int freeCells() {
        return freeCells;
    }

    @Override
    public int compareTo(final Slab other) {
        return Long.compare(offset, other.offset);
    }

    @Override
    public boolean equals(final Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return id;
    }
}
