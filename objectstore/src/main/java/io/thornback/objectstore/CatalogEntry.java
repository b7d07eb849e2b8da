/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * What the catalog says of one object. Filled anew by each lookup; belongs to the thread that looks up. Fields as in {@link CatalogDescriptor}.
 */
final class CatalogEntry {
    /** The object is not on disk. */
    static final long NO_PLACE = -1;

    /** Which spill directory is not known. */
    static final int NO_DIRECTORY = 0xFF;

    private static final int METADATA_SHIFT = 48;
    private static final long DATA_MASK = (1L << METADATA_SHIFT) - 1;

    long length;
    long cell;
    long place = NO_PLACE;
    long sealedMs;
    long accessedMs;
    long writtenMs;
    int payloadCrc;
    int creator;
    int job;
    int format;
    int flags;
    int places;
    int directory = NO_DIRECTORY;

    long dataBytes() {
        return length & DATA_MASK;
    }

    int metadataBytes() {
        return (int) (length >>> METADATA_SHIFT);
    }

    boolean isInMemory() {
        return (places & CatalogDescriptor.IN_MEMORY) != 0;
    }

    boolean isOnDisk() {
        return (places & CatalogDescriptor.ON_DISK) != 0;
    }

    /** What {@link #cell} is for a cell at a generation. */
    static long cell(final int cell, final long generation) {
        return (cell + 1L) << CellDescriptor.GENERATION_BITS | generation;
    }

    /** The number in that; -1 if the object is not in memory. */
    static int cellNumber(final long cell) {
        return (int) (cell >>> CellDescriptor.GENERATION_BITS) - 1;
    }

    /** An object of which nothing is known yet but its lengths. */
    void reset(final long newLength, final long nowMs) {
        length = newLength;
        cell = 0;
        place = NO_PLACE;
        sealedMs = nowMs;
        accessedMs = nowMs;
        writtenMs = 0;
        payloadCrc = 0;
        creator = 0;
        job = 0;
        format = 0;
        flags = 0;
        places = 0;
        directory = NO_DIRECTORY;
    }

    /** Of all fields. */
    long check() {
        final int kinds = format << 24 | flags << 16 | places << 8 | directory;
        final long times = ObjectId.hash(sealedMs, accessedMs, writtenMs, payloadCrc);
        return ObjectId.hash(length, cell, place, kinds) ^ ObjectId.hash(times, creator, job, 1);
    }

    void copyFrom(final CatalogEntry other) {
        length = other.length;
        cell = other.cell;
        place = other.place;
        sealedMs = other.sealedMs;
        accessedMs = other.accessedMs;
        writtenMs = other.writtenMs;
        payloadCrc = other.payloadCrc;
        creator = other.creator;
        job = other.job;
        format = other.format;
        flags = other.flags;
        places = other.places;
        directory = other.directory;
    }

    /** What is on disk, as the spiller knows it. */
    Spilled toSpilled(final ObjectId id) {
        final Spilled object = new Spilled(id, length, format, flags, creator);
        object.place = place;
        object.payloadCrc = payloadCrc;
        object.writtenMs = writtenMs;
        object.listed = true;
        return object;
    }
}
