/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.agrona.collections.IntArrayList;

/**
 * Hands out the memory of the arena: cells of {@link SizeClasses} from slabs, larger sizes as extents, always the lowest
 * address that fits, so that pages that were touched before are touched again and the rest of the arena stays without
 * pages. The idea of slabs is Bonwick's (USENIX Summer 1994).
 *
 * <p>Pure logic over numbers, no memory is touched; one thread, the store's agent. A failed allocation returns
 * {@link #NONE}.
 */
final class ArenaAllocator {
    /** Nothing is large enough. */
    static final long NONE = ExtentAllocator.NONE;

    /** The memory is an extent of its own, not a cell of a slab. */
    static final int NO_SLAB = -1;

    private final ExtentAllocator extents;
    private final List<TreeSet<Slab>> partial = new ArrayList<>(SizeClasses.COUNT);
    private final List<Slab> slabs = new ArrayList<>();
    private final IntArrayList freeSlabIds = new IntArrayList();
    private long usedBytes;
    private int lastSlab = NO_SLAB;
    private int lastPlace = NO_SLAB;

    ArenaAllocator(final long arenaBytes) {
        extents = new ExtentAllocator(arenaBytes);
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            partial.add(new TreeSet<>());
        }
    }

    /**
     * Takes memory for an object.
     *
     * @param sizeBytes 0 or more
     * @return its offset in the arena, or {@link #NONE}; {@link #lastSlab()} then names its slab
     */
    long allocate(final long sizeBytes) {
        final int sizeClass = SizeClasses.classOf(sizeBytes);
        final long offset = sizeClass == SizeClasses.EXTENT ? allocateExtent(sizeBytes) : allocateCell(sizeClass);
        if (offset != NONE) {
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
            final TreeSet<Slab> ofClass = partial.get(slab.sizeClass);
            if (wasFull) {
                ofClass.add(slab);
            }
            // The last one of a class is kept: otherwise one cell taken and given back makes and breaks a slab each
            // time.
            if (slab.isEmpty() && ofClass.size() > 1) {
                dissolve(slab);
            }
        }
        usedBytes -= capacityBytes;
    }

    /** Gives empty slabs back to the extents. */
    void trim() {
        for (final TreeSet<Slab> ofClass : partial) {
            for (final Slab slab : List.copyOf(ofClass)) {
                if (slab.isEmpty()) {
                    dissolve(slab);
                }
            }
        }
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
        return extents.capacityBytes() - extents.freeBytes() - usedBytes;
    }

    int freeExtents() {
        return extents.freeExtents();
    }

    private long allocateExtent(final long sizeBytes) {
        lastSlab = NO_SLAB;
        lastPlace = NO_SLAB;
        final long length = SizeClasses.capacityFor(sizeBytes);
        final long offset = extents.allocate(length);
        if (offset != NONE) {
            return offset;
        }
        trim();
        return extents.allocate(length);
    }

    private long allocateCell(final int sizeClass) {
        final TreeSet<Slab> ofClass = partial.get(sizeClass);
        if (ofClass.isEmpty() && !newSlab(sizeClass)) {
            return NONE;
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

    private boolean newSlab(final int sizeClass) {
        long offset = extents.allocate(SizeClasses.slabBytes(sizeClass));
        if (offset == NONE) {
            trim();
            offset = extents.allocate(SizeClasses.slabBytes(sizeClass));
        }
        if (offset == NONE) {
            return false;
        }
        final boolean reuse = !freeSlabIds.isEmpty();
        final int id = reuse ? freeSlabIds.popInt() : slabs.size();
        final Slab slab = new Slab(id, sizeClass, offset);
        if (reuse) {
            slabs.set(id, slab);
        } else {
            slabs.add(slab);
        }
        partial.get(sizeClass).add(slab);
        return true;
    }

    private void dissolve(final Slab slab) {
        partial.get(slab.sizeClass).remove(slab);
        slabs.set(slab.id, null);
        freeSlabIds.pushInt(slab.id);
        extents.free(slab.offset, slab.lengthBytes);
    }
}
