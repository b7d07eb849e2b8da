/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Hands out extents of whole pages: best fit, the lowest address among equals, neighbours coalesced when they come
 * back. What has never been used is one extent at the end, the largest, so memory whose pages exist is reused first.
 *
 * <p>Pure logic over numbers; one thread. O(log n) in the number of free extents.
 */
final class ExtentAllocator {
    /** No extent is large enough. */
    static final long NONE = -1;

    private record Extent(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    private final TreeMap<Long, Extent> byOffset = new TreeMap<>();
    private final TreeSet<Extent> byLength =
            new TreeSet<>(Comparator.comparingLong(Extent::length).thenComparingLong(Extent::offset));
    private final long capacityBytes;
    private long freeBytes;

    ExtentAllocator(final long capacityBytes) {
        this.capacityBytes = capacityBytes & -SizeClasses.PAGE_BYTES;
        if (this.capacityBytes > 0) {
            insert(new Extent(0, this.capacityBytes));
        }
    }

    /**
     * Takes an extent.
     *
     * @param lengthBytes a positive multiple of the page size
     * @return its offset in bytes, or {@link #NONE}
     */
    long allocate(final long lengthBytes) {
        final Extent fit = byLength.ceiling(new Extent(0, lengthBytes));
        if (fit == null) {
            return NONE;
        }
        remove(fit);
        if (fit.length > lengthBytes) {
            insert(new Extent(fit.offset + lengthBytes, fit.length - lengthBytes));
        }
        return fit.offset;
    }

    /**
     * Gives an extent back.
     *
     * @throws IllegalStateException if it overlaps what is free already
     */
    void free(final long offset, final long lengthBytes) {
        Extent merged = new Extent(offset, lengthBytes);
        if (offset < 0 || lengthBytes <= 0 || merged.end() > capacityBytes) {
            throw new IllegalStateException("extent outside the arena: offset=" + offset + " length=" + lengthBytes);
        }
        final Map.Entry<Long, Extent> below = byOffset.lowerEntry(offset);
        final Map.Entry<Long, Extent> above = byOffset.ceilingEntry(offset);
        final boolean overBelow = below != null && below.getValue().end() > offset;
        final boolean overAbove = above != null && above.getValue().offset() < merged.end();
        if (overBelow || overAbove) {
            throw new IllegalStateException("extent is free already: offset=" + offset + " length=" + lengthBytes);
        }
        if (below != null && below.getValue().end() == offset) {
            remove(below.getValue());
            merged = new Extent(below.getValue().offset(), below.getValue().length() + lengthBytes);
        }
        if (above != null && above.getValue().offset() == merged.end()) {
            remove(above.getValue());
            merged = new Extent(merged.offset, merged.length + above.getValue().length());
        }
        insert(merged);
    }

    long capacityBytes() {
        return capacityBytes;
    }

    long freeBytes() {
        return freeBytes;
    }

    long largestFreeBytes() {
        return byLength.isEmpty() ? 0 : byLength.last().length();
    }

    int freeExtents() {
        return byOffset.size();
    }

    private void insert(final Extent extent) {
        byOffset.put(extent.offset, extent);
        byLength.add(extent);
        freeBytes += extent.length;
    }

    private void remove(final Extent extent) {
        byOffset.remove(extent.offset);
        byLength.remove(extent);
        freeBytes -= extent.length;
    }
}
