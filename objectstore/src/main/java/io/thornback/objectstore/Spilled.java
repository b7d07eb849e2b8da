/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * An object on disk, or on its way there: what its record's header says. Filled by one thread before another gets it, by a queue; not changed
 * afterwards.
 */
final class Spilled {
    static final long NOWHERE = -1;

    private static final int METADATA_SHIFT = 48;
    private static final long DATA_MASK = (1L << METADATA_SHIFT) - 1;

    final ObjectId id;
    /** Metadata 16 | data 48, as in the cell. */
    final long length;

    final int format;
    final int flags;
    final int creator;
    /** As of {@link SpillDescriptor#place}. */
    long place = NOWHERE;

    int payloadCrc;
    long writtenMs;
    /** Cell and generation it was written from, as of {@link CellDescriptor#token}. */
    long memory;
    /** What it contains, if it was found by its header and contains any; else null. */
    ObjectId[] contents;
    /** The catalog has it, or is about to. The agent's. */
    boolean listed;

    Spilled(final ObjectId id, final long length, final int format, final int flags, final int creator) {
        this.id = id;
        this.length = length;
        this.format = format;
        this.flags = flags;
        this.creator = creator;
    }

    long dataBytes() {
        return length & DATA_MASK;
    }

    int metadataBytes() {
        return (int) (length >>> METADATA_SHIFT);
    }

    /** Data and metadata, as they lie in the cell. */
    long payloadBytes() {
        return CellDescriptor.sizeWithMetadata(dataBytes(), metadataBytes());
    }

    @Override
    public String toString() {
        return "object " + id + " of " + dataBytes() + " bytes, spill file " + SpillDescriptor.fileNumber(place)
                + " offset " + SpillDescriptor.offset(place);
    }
}
