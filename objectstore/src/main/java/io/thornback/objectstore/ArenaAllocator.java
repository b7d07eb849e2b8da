/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Hands out the memory of the arena: cells of {@link SizeClasses} from slabs, larger sizes as extents, from memory that has
 * pages before memory that has none. The idea of slabs is Bonwick's (USENIX Summer 1994); of the extents' pages see
 * {@link ArenaExtents}.
 *
 * <p>Pure logic over numbers, no memory is touched; one thread, the store's agent. A failed allocation returns
 * {@link #NONE} or {@link #NO_PAGES}.
 */
final class ArenaAllocator {
    /** Nothing is large enough. */
    static final long NONE = ArenaExtents.NONE;
    /** The file system has no pages for it. */
    static final long NO_PAGES = ArenaExtents.NO_PAGES;

    /** The memory is an extent of its own, not a cell of a slab. */
    static final int NO_SLAB = -1;

    /** What {@link #occupy} says of memory that is used already, or can be no cell. */
    static final int OVERLAP = -2;

    private final ArenaExtents extents;
    /** By offset, only while memory is being occupied after a restart. */
    private final Long2ObjectHashMap<Slab> occupied = new Long2ObjectHashMap<>();

    private final List<TreeSet<Slab>> partial = new ArrayList<>(SizeClasses.COUNT);
    private final List<Slab> slabs = new ArrayList<>();
    private final IntArrayList freeSlabIds = new IntArrayList();
    /** The one empty slab that a class may keep. */
    private final Slab[] spare = new Slab[SizeClasses.COUNT];

    private long usedBytes;
    private int lastSlab = NO_SLAB;
    private int lastPlace = NO_SLAB;

    /** An arena with one address for each byte, and pages without end. */
    ArenaAllocator(final long arenaBytes) {
        this(new ArenaExtents(arenaBytes, arenaBytes, Long.MAX_VALUE, ArenaPages.UNLIMITED));
    }

    ArenaAllocator(final ArenaExtents extents) {
        this.extents = extents;
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            partial.add(new TreeSet<>());
        }
    }

    /**
     * Takes memory for an object.
     *
     * @param sizeBytes 0 or more
     * @return its offset in the arena, {@link #NONE} or {@link #NO_PAGES}; {@link #lastSlab()} then names its slab
     */
    long allocate(final long sizeBytes) {
        final int sizeClass = SizeClasses.classOf(sizeBytes);
        final long offset = sizeClass == SizeClasses.EXTENT ? allocateExtent(sizeBytes) : allocateCell(sizeClass);
        if (offset >= 0) {
            usedBytes += SizeClasses.capacityFor(sizeBytes);
        }
        return offset;
    }

    /** The slab of what {@link #allocate} returned last, or {@link #NO_SLAB}. */
    int lastSlab() {
        return lastSlab;
    }

    /** Which cell of that slab it is, from 0, or {@link #NO_SLAB}. */
    int lastPlace() {
        return lastPlace;
    }

    /**
     * Gives memory back.
     *
     * @param offset as returned by {@link #allocate}
     * @param capacityBytes {@link SizeClasses#capacityFor} of the size that was asked for
     * @param slabId as {@link #lastSlab()} said
     * @throws IllegalStateException if that memory is free already
     */
    void free(final long offset, final long capacityBytes, final int slabId) {
        if (slabId == NO_SLAB) {
            extents.free(offset, capacityBytes);
        } else {
            final Slab slab = slabs.get(slabId);
            final boolean wasFull = slab.isFull();
            slab.giveBack(offset);
            if (wasFull) {
                partial.get(slab.sizeClass).add(slab);
            }
            if (slab.isEmpty()) {
                emptied(slab);
            }
        }
        usedBytes -= capacityBytes;
    }

    /**
     * Marks memory as used that a descriptor covers: after a restart, before anything is allocated.
     *
     * @param offset in the arena
     * @param capacityBytes of the cell or extent
     * @param place as {@link #lastPlace()} said, {@link #NO_SLAB} for an extent
     * @return its slab, {@link #NO_SLAB} for an extent, or {@link #OVERLAP}; then nothing is changed
     */
    int occupy(final long offset, final long capacityBytes, final int place) {
        final int sizeClass = SizeClasses.classOf(capacityBytes);
        if (capacityBytes <= 0 || SizeClasses.capacityFor(capacityBytes) != capacityBytes) {
            return OVERLAP;
        }
        if (sizeClass == SizeClasses.EXTENT || place < 0) {
            final boolean free = sizeClass == SizeClasses.EXTENT && place < 0 && extents.occupy(offset, capacityBytes);
            usedBytes += free ? capacityBytes : 0;
            return free ? NO_SLAB : OVERLAP;
        }
        final long slabOffset = offset - place * capacityBytes;
        Slab slab = occupied.get(slabOffset);
        if (slab == null) {
            if (place >= SizeClasses.slabBytes(sizeClass) / capacityBytes
                    || !extents.occupy(slabOffset, SizeClasses.slabBytes(sizeClass))) {
                return OVERLAP;
            }
            slab = newSlab(sizeClass, slabOffset);
            occupied.put(slabOffset, slab);
            partial.get(sizeClass).add(slab);
        }
        if (slab.sizeClass != sizeClass || !slab.take(place)) {
            return OVERLAP;
        }
        if (slab.isFull()) {
            partial.get(sizeClass).remove(slab);
        }
        usedBytes += capacityBytes;
        return slab.id;
    }

    /** All that is in use has been occupied. Pages behind the rest, of which nobody knows, are given back. */
    void occupied() {
        occupied.clear();
        extents.giveBackUnknown();
    }

    /** Gives empty slabs back to the extents; true if there were any. */
    boolean trim() {
        boolean any = false;
        for (final Slab slab : spare) {
            if (slab != null && slab.isEmpty()) {
                dissolve(slab);
                any = true;
            }
        }
        return any;
    }

    /** Pages that the file system did not give are asked for again. */
    void retryPages() {
        extents.retryPages();
    }

    /** Bytes that have pages. */
    long pagedBytes() {
        return extents.pagedBytes();
    }

    /** Bytes handed out, in cells and extents. */
    long usedBytes() {
        return usedBytes;
    }

    long capacityBytes() {
        return extents.capacityBytes();
    }

    /** The largest object that would fit as an extent now. */
    long largestFreeBytes() {
        return extents.largestFreeBytes();
    }

    /** Bytes in no extent and in no used cell: free cells of slabs, and the ends of slabs. */
    long slabSlackBytes() {
        return extents.usedBytes() - usedBytes;
    }

    int freeExtents() {
        return extents.freeExtents();
    }

    private long allocateExtent(final long sizeBytes) {
        lastSlab = NO_SLAB;
        lastPlace = NO_SLAB;
        return extent(SizeClasses.capacityFor(sizeBytes));
    }

    private long extent(final long length) {
        final long offset = extents.allocate(length);
        return offset < 0 && trim() ? extents.allocate(length) : offset;
    }

    private long allocateCell(final int sizeClass) {
        final TreeSet<Slab> ofClass = partial.get(sizeClass);
        if (ofClass.isEmpty()) {
            final long slabOffset = extent(SizeClasses.slabBytes(sizeClass));
            if (slabOffset < 0) {
                return slabOffset;
            }
            ofClass.add(newSlab(sizeClass, slabOffset));
        }
        final Slab slab = ofClass.first();
        final long offset = slab.take();
        if (slab.isFull()) {
            ofClass.pollFirst();
        }
        lastSlab = slab.id;
        lastPlace = slab.place(offset);
        return offset;
    }

    private Slab newSlab(final int sizeClass, final long offset) {
        final boolean reuse = !freeSlabIds.isEmpty();
        final int id = reuse ? freeSlabIds.popInt() : slabs.size();
        final Slab slab = new Slab(id, sizeClass, offset);
        if (reuse) {
            slabs.set(id, slab);
        } else {
            slabs.add(slab);
        }
        return slab;
    }

    /** One of a class is kept, the lowest: otherwise one cell taken and given back makes and breaks a slab each time. */
    private void emptied(final Slab slab) {
        final Slab other = spare[slab.sizeClass];
        if (other == null || other.id == slab.id || !other.isEmpty()) {
            spare[slab.sizeClass] = slab;
        } else if (other.offset < slab.offset) {
            dissolve(slab);
        } else {
            spare[slab.sizeClass] = slab;
            dissolve(other);
        }
    }

    private void dissolve(final Slab slab) {
        final Slab kept = spare[slab.sizeClass];
        if (kept != null && kept.id == slab.id) {
            spare[slab.sizeClass] = null;
        }
        partial.get(slab.sizeClass).remove(slab);
        slabs.set(slab.id, null);
        freeSlabIds.pushInt(slab.id);
        extents.free(slab.offset, slab.lengthBytes);
    }
}
