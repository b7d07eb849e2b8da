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

    /** The cell's number; -1 if the object is not in memory. */
    static int cellNumber(final long cell) {
        return (int) (cell >>> CellDescriptor.GENERATION_BITS) - 1;
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
}
