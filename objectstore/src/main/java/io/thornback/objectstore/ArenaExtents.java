/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.objectstore.ExtentAllocator.Extent;
import java.util.ArrayList;
import java.util.List;

/**
 * Extents of the arena, and the pages behind them. The arena has more addresses than it may have pages: a free extent is
 * either backed, with pages from its last user, or bare. What is asked for is cut from a backed extent, best fit; where none is
 * large enough, from free addresses whatever is behind them, and the pages that are missing there are taken from backed extents elsewhere. So free
 * memory in pieces is no reason to refuse anything: as long as used and wanted bytes together are within the limit, the request fits.
 *
 * <p>Why not one address for each page: at random lifetimes the best of the policies that were tried (best fit, first fit, both ends) refused an
 * object of 64 MiB in an arena of 8 GiB when 92 % was in use on average, and at worst 75 %.
 *
 * <p>One thread. What is handed out has all its pages, or is not handed out.
 */
final class ArenaExtents {
    /** Nothing fits. */
    static final long NONE = ExtentAllocator.NONE;
    /** It would fit, but the file system gives no more pages. */
    static final long NO_PAGES = -2;

    /** All free addresses: what is backed and what is bare, coalesced. */
    private final ExtentAllocator free;

    private final ExtentAllocator backed;
    private final ExtentAllocator bare;
    /** At most this part of the arena is reserved ahead. */
    private static final int AHEAD_SHIFT = 3;

    private final ArenaPages pages;
    private final long capacityBytes;
    private final long stepBytes;
    /** The most bytes that may have pages: the capacity, or less when the file system had no more. */
    private long limitBytes;
    /** Bytes that have pages: used, or free and backed. */
    private long pagedBytes;

    private long givenBackBytes;
    /** The last request that found no backed extent: so much should lie ready for the next. */
    private long lastDemandBytes;

    /**
     * All free, all bare.
     *
     * @param capacityBytes most bytes that have pages at once
     * @param addressBytes length of the arena's file, at least the capacity
     * @param stepBytes least that is reserved at once
     */
    ArenaExtents(final long capacityBytes, final long addressBytes, final long stepBytes, final ArenaPages pages) {
        this.capacityBytes = capacityBytes & -SizeClasses.PAGE_BYTES;
        this.stepBytes = stepBytes;
        this.pages = pages;
        this.limitBytes = this.capacityBytes;
        this.free = new ExtentAllocator(addressBytes);
        this.backed = new ExtentAllocator(addressBytes);
        this.bare = new ExtentAllocator(addressBytes);
        if (free.capacityBytes() > 0) {
            free.free(0, free.capacityBytes());
            bare.free(0, bare.capacityBytes());
        }
    }

    /**
     * Takes an extent.
     *
     * @param lengthBytes a positive multiple of the page size
     * @return its offset in bytes, NONE, or NO_PAGES
     */
    long allocate(final long lengthBytes) {
        final long offset = backed.allocate(lengthBytes);
        if (offset != NONE) {
            free.take(offset, lengthBytes);
            return offset;
        }
        return usedBytes() + lengthBytes > capacityBytes ? NONE : allocateMixed(lengthBytes);
    }

    /** Gives an extent back; its pages stay. */
    void free(final long offset, final long lengthBytes) {
        free.free(offset, lengthBytes);
        backed.free(offset, lengthBytes);
    }

    /**
     * Marks a range as used whose pages exist: after a restart.
     *
     * @return false, and nothing is changed, if a byte of it is used already
     */
    boolean occupy(final long offset, final long lengthBytes) {
        if (!free.take(offset, lengthBytes)) {
            return false;
        }
        takeAll(backed, offset, lengthBytes);
        pagedBytes += takeAll(bare, offset, lengthBytes);
        return true;
    }

    /** After a restart: pages behind what is bare, of which nobody knows, go. Bounded by the pages that there are: 60 ms for 1 GiB. */
    void giveBackUnknown() {
        for (Extent part = bare.firstIn(0, bare.capacityBytes());
                part != null;
                part = bare.firstIn(part.end(), bare.capacityBytes() - part.end())) {
            pages.giveBack(part.offset(), part.length());
        }
    }

    /**
     * Takes bare addresses for which pages should be reserved ahead of use. They count as used until {@link #ahead} brings them back.
     *
     * @return null if enough is backed, or nothing may be
     */
    Extent claimAhead(final long mostBytes) {
        final long target = Math.min(Math.max(stepBytes, 2 * lastDemandBytes), capacityBytes >> AHEAD_SHIFT);
        final long length = Math.min(mostBytes, limitBytes - pagedBytes) & -SizeClasses.PAGE_BYTES;
        if (pagedBytes == 0 || backed.freeBytes() >= target || length <= 0) {
            return null;
        }
        final Extent whole = bare.firstIn(0, bare.capacityBytes());
        if (whole == null) {
            return null;
        }
        final Extent extent = new Extent(whole.offset(), Math.min(length, whole.length()));
        bare.take(extent.offset(), extent.length());
        free.take(extent.offset(), extent.length());
        pagedBytes += extent.length();
        return extent;
    }

    /** Brings back what was claimed, with pages or without. */
    void ahead(final Extent extent, final boolean reserved) {
        free.free(extent.offset(), extent.length());
        if (reserved) {
            backed.free(extent.offset(), extent.length());
        } else {
            bare.free(extent.offset(), extent.length());
            pagedBytes -= extent.length();
            limitBytes = Math.min(limitBytes, pagedBytes + extent.length() - SizeClasses.PAGE_BYTES);
        }
    }

    /** The file system may have room again: what was refused is tried again. */
    void retryPages() {
        limitBytes = capacityBytes;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    long usedBytes() {
        return pagedBytes - backed.freeBytes();
    }

    /** Bytes that have pages. */
    long pagedBytes() {
        return pagedBytes;
    }

    /** Bytes whose pages were taken for other addresses, since the start. */
    long givenBackBytes() {
        return givenBackBytes;
    }

    long freeBytes() {
        return capacityBytes - usedBytes();
    }

    /** The largest extent that would be handed out now, if the file system gives the pages. */
    long largestFreeBytes() {
        return Math.min(free.largestFreeBytes(), freeBytes());
    }

    /** Pieces that free memory with pages is in. */
    int freeExtents() {
        return backed.freeExtents();
    }

    private long allocateMixed(final long length) {
        lastDemandBytes = length;
        final long offset = free.allocate(length);
        if (offset == NONE) {
            return NONE;
        }
        // Out of the set first, so that nothing of it is given back to make room for the rest of it.
        final List<Extent> inUse = new ArrayList<>();
        for (Extent part = backed.firstIn(offset, length); part != null; part = backed.firstIn(offset, length)) {
            backed.take(part.offset(), part.length());
            inUse.add(part);
        }
        for (Extent part = bare.firstIn(offset, length); part != null; part = bare.firstIn(offset, length)) {
            if (!back(part)) {
                inUse.forEach(extent -> backed.free(extent.offset(), extent.length()));
                free.free(offset, length);
                return NO_PAGES;
            }
            inUse.add(part);
        }
        reserveAhead(offset + length);
        return offset;
    }

    /** Takes an extent out of the bare ones and finds pages for it: new ones, or those of backed extents. */
    private boolean back(final Extent part) {
        final long enough = pagedBytes;
        if (reserve(part, limitBytes)) {
            return true;
        }
        if (pagedBytes + part.length() > limitBytes) {
            return false;
        }
        // The file system has less than the arena may have. How much is not known, only that so much was too much.
        limitBytes = pagedBytes + part.length() - SizeClasses.PAGE_BYTES;
        return reserve(part, enough);
    }

    private boolean reserve(final Extent part, final long mostBytes) {
        giveBackUntil(mostBytes - part.length());
        if (pagedBytes + part.length() > mostBytes || !pages.reserve(part.offset(), part.length())) {
            return false;
        }
        bare.take(part.offset(), part.length());
        pagedBytes += part.length();
        return true;
    }

    private void giveBackUntil(final long wantedBytes) {
        while (pagedBytes > wantedBytes && backed.freeBytes() >= pagedBytes - wantedBytes) {
            final Extent largest = backed.largest();
            final long length = Math.min(largest.length(), pagedBytes - wantedBytes);
            final long offset = largest.end() - length;
            backed.take(offset, length);
            pages.giveBack(offset, length);
            bare.free(offset, length);
            pagedBytes -= length;
            givenBackBytes += length;
        }
    }

    /** A step at a time: a small extent does not cost a system call each. */
    private void reserveAhead(final long offset) {
        final Extent part =
                bare.firstIn(offset, Math.min(stepBytes, limitBytes - pagedBytes) & -SizeClasses.PAGE_BYTES);
        if (part != null && part.offset() == offset && pages.reserve(offset, part.length())) {
            bare.take(offset, part.length());
            backed.free(offset, part.length());
            pagedBytes += part.length();
        }
    }

    private static long takeAll(final ExtentAllocator set, final long offset, final long length) {
        long taken = 0;
        for (Extent part = set.firstIn(offset, length); part != null; part = set.firstIn(offset, length)) {
            set.take(part.offset(), part.length());
            taken += part.length();
        }
        return taken;
    }
}
