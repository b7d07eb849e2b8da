/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A set of extents of whole pages: hands them out by best fit, the lowest address among equals, and coalesces neighbours
 * when they come back.
 *
 * <p>Pure logic over numbers; one thread. O(log n) in the number of free extents.
 */
final class ExtentAllocator {
    /** No extent is large enough. */
    static final long NONE = -1;

    /** A range of the arena. */
    record Extent(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    private final TreeMap<Long, Extent> byOffset = new TreeMap<>();
    private final TreeSet<Extent> byLength =
            new TreeSet<>(Comparator.comparingLong(Extent::length).thenComparingLong(Extent::offset));
    private final long capacityBytes;
    private long freeBytes;

    /**
     * An empty set.
     *
     * @param capacityBytes no extent lies beyond it
     */
    ExtentAllocator(final long capacityBytes) {
        this.capacityBytes = capacityBytes & -SizeClasses.PAGE_BYTES;
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
     * Takes a certain range out; all of it must be in one extent.
     *
     * @return false, and nothing is changed, if it is not
     */
    boolean take(final long offset, final long lengthBytes) {
        final Map.Entry<Long, Extent> entry = byOffset.floorEntry(offset);
        if (entry == null || entry.getValue().end() < offset + lengthBytes) {
            return false;
        }
        final Extent extent = entry.getValue();
        remove(extent);
        if (offset > extent.offset) {
            insert(new Extent(extent.offset, offset - extent.offset));
        }
        if (extent.end() > offset + lengthBytes) {
            insert(new Extent(offset + lengthBytes, extent.end() - offset - lengthBytes));
        }
        return true;
    }

    /** The lowest part of the set that lies in a range; null if there is none. */
    Extent firstIn(final long offset, final long lengthBytes) {
        if (lengthBytes <= 0) {
            return null;
        }
        final long end = offset + lengthBytes;
        final Map.Entry<Long, Extent> below = byOffset.floorEntry(offset);
        if (below != null && below.getValue().end() > offset) {
            return new Extent(offset, Math.min(end, below.getValue().end()) - offset);
        }
        final Map.Entry<Long, Extent> above = byOffset.higherEntry(offset);
        if (above == null || above.getKey() >= end) {
            return null;
        }
        return new Extent(above.getKey(), Math.min(end, above.getValue().end()) - above.getKey());
    }

    /** Whether a byte of the range is in the set. */
    boolean overlaps(final long offset, final long lengthBytes) {
        final Map.Entry<Long, Extent> below = byOffset.lowerEntry(offset + lengthBytes);
        return below != null && below.getValue().end() > offset;
    }

    /** The largest extent, of these the highest; null if there is none. */
    Extent largest() {
        return byLength.isEmpty() ? null : byLength.last();
    }

    /**
     * Puts an extent in.
     *
     * @throws IllegalStateException if it overlaps what is in the set already
     */
    void free(final long offset, final long lengthBytes) {
        Extent merged = new Extent(offset, lengthBytes);
        if (offset < 0 || lengthBytes <= 0 || merged.end() > capacityBytes) {
            throw new IllegalStateException("extent outside the arena: offset=" + offset + " length=" + lengthBytes);
        }
        final Map.Entry<Long, Extent> below = byOffset.lowerEntry(offset);
        final Map.Entry<Long, Extent> above = byOffset.ceilingEntry(offset);
        if (overlaps(offset, lengthBytes)) {
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
