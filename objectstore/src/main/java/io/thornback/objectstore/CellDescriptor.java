/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.compareAndSetLong;
import static org.agrona.UnsafeApi.getByte;
import static org.agrona.UnsafeApi.getInt;
import static org.agrona.UnsafeApi.getLong;
import static org.agrona.UnsafeApi.getLongVolatile;
import static org.agrona.UnsafeApi.getShort;
import static org.agrona.UnsafeApi.putByte;
import static org.agrona.UnsafeApi.putLong;
import static org.agrona.UnsafeApi.putLongRelease;
import static org.agrona.UnsafeApi.putLongVolatile;
import static org.agrona.UnsafeApi.putShort;

/**
 * One cell of memory, in {@code cells.dat}: one cache line each, from the start of the file, never moved. The
 * descriptors are the truth about memory: what no descriptor but a FREE one covers is free.
 *
 * <p>Byte order little-endian, every field aligned to its length (the id to 8).
 *
 * <pre>
 * offset length type   field     writer  order    meaning
 *      0      8 i64    word      both    volatile state 8 | client 16 | generation 40, from the top
 *      8      8 i64    offset    store   plain    of the memory, in the arena; multiple of 64
 *     16      8 i64    capacity  store   plain    place 16 | bytes 48: the memory's bytes, a multiple of 64, and above
 *                                                 them 1 + its place in its slab, 0 = it is an extent
 *     24      8 i64    length    client  plain    metadata 16 | data 48: bytes of each; the metadata begins at the
 *                                                 next multiple of 8 behind the data
 *     32     28 bytes  id        client  plain    the object's id
 *     60      1 u8     format    client  plain    free for the caller
 *     61      1 u8     flags     client  plain    bit 0: a secondary copy, which may be evicted;
 *                                                 bit 1: its last bytes name what it holds
 *     62      2 u16    checksum  client  plain    of generation, offset, capacity, length, id, format and flags
 * </pre>
 *
 * <p>States and legal transitions, with who makes them and how:
 *
 * <pre>
 * from      to        who     how
 * FREE      LEASED    store   release, generation + 1, client set; offset and capacity are written before
 * LEASED    WRITING   client  CAS; the partner is the next line
 * LEASED    FREE      store   CAS; takes an idle lease back, or all leases of a dead client
 * WRITING   SEALED    store   release, on SEAL; acquire by readers, which so see the object's bytes
 * WRITING   DOOMED    store   volatile, on SEAL of an id that is taken: the client may already read it
 * WRITING   FREE      store   release, on ABORT or the client's death
 * SEALED    EVICTING  store   volatile + full fence + scan of the pins
 * EVICTING  SEALED    store   release; it was pinned
 * EVICTING  FREE      store   release; it was not
 * SEALED    DOOMED    store   volatile + full fence + scan of the pins; deleted
 * DOOMED    FREE      store   release; no pin table names the cell
 * </pre>
 *
 * <p>The generation grows with every lease and never restarts. The client is kept in SEALED and DOOMED: it tells who
 * made the object.
 *
 * <p>If the writer dies between two stores: before {@code word} says LEASED the cell is still FREE and its other
 * fields mean nothing. In WRITING every field of the client's may be half written; nobody reads them but that client,
 * and the store frees the cell when the kernel says the client is dead. SEAL is a message committed after all of the
 * client's stores, so at SEALED they are complete; the store checks length and checksum before it believes. If the
 * store dies after it stored SEALED and before it wrote the index, the object is found again when the index is
 * rebuilt from the descriptors. If it dies with cells in DOOMED, they are deleted objects: freed when unpinned.
 */
final class CellDescriptor {
    static final int LENGTH = 64;

    static final int WORD_OFFSET = 0;
    static final int WORD_LENGTH = 8;
    static final int OFFSET_OFFSET = 8;
    static final int OFFSET_LENGTH = 8;
    static final int CAPACITY_OFFSET = 16;
    static final int CAPACITY_LENGTH = 8;
    static final int LENGTH_OFFSET = 24;
    static final int LENGTH_LENGTH = 8;
    static final int ID_OFFSET = 32;
    static final int ID_LENGTH = 28;
    static final int FORMAT_OFFSET = 60;
    static final int FORMAT_LENGTH = 1;
    static final int FLAGS_OFFSET = 61;
    static final int FLAGS_LENGTH = 1;
    static final int CHECKSUM_OFFSET = 62;
    static final int CHECKSUM_LENGTH = 2;

    static final int FREE = 0;
    static final int LEASED = 1;
    static final int WRITING = 2;
    static final int SEALED = 3;
    static final int EVICTING = 4;
    static final int DOOMED = 5;

    /** Flag: a secondary copy. */
    static final int COPY = 1;
    /** Flag: it contains references; see {@link Contents}. */
    static final int CONTAINER = 2;

    /** Bytes of metadata there can be beside an object's data. */
    static final int MAX_METADATA_BYTES = 0xFFFF;

    static final int GENERATION_BITS = 40;
    static final long GENERATION_MASK = (1L << GENERATION_BITS) - 1;
    /** Cells there can be: a cell's number and its generation fit in one long. */
    static final int MAX_CELLS = 1 << 24;

    private static final int PLACE_SHIFT = 48;
    private static final long SIZE_MASK = (1L << PLACE_SHIFT) - 1;
    private static final int STATE_SHIFT = 56;
    private static final int CLIENT_SHIFT = 40;
    private static final int CLIENT_MASK = 0xFFFF;
    private static final int[] LEGAL = {
        bits(LEASED),
        bits(WRITING, FREE),
        bits(SEALED, DOOMED, FREE),
        bits(EVICTING, DOOMED),
        bits(SEALED, FREE),
        bits(FREE)
    };
    private static final String[] NAMES = {"FREE", "LEASED", "WRITING", "SEALED", "EVICTING", "DOOMED"};

    private CellDescriptor() {}

    static long word(final int state, final int client, final long generation) {
        return ((long) state << STATE_SHIFT) | ((long) client << CLIENT_SHIFT) | (generation & GENERATION_MASK);
    }

    static int state(final long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    static int client(final long word) {
        return ((int) (word >>> CLIENT_SHIFT)) & CLIENT_MASK;
    }

    static long generation(final long word) {
        return word & GENERATION_MASK;
    }

    static boolean isLegal(final int from, final int to) {
        return (LEGAL[from] & bits(to)) != 0;
    }

    private static int bits(final int... states) {
        int bits = 0;
        for (final int state : states) {
            bits |= 1 << state;
        }
        return bits;
    }

    static String stateName(final int state) {
        return state >= 0 && state < NAMES.length ? NAMES[state] : "state " + state;
    }

    /** A cell and its generation in one long; never 0, because a generation is never 0 after its first lease. */
    static long token(final int cell, final long generation) {
        return ((long) cell << GENERATION_BITS) | (generation & GENERATION_MASK);
    }

    static int tokenCell(final long token) {
        return (int) (token >>> GENERATION_BITS);
    }

    static long tokenGeneration(final long token) {
        return token & GENERATION_MASK;
    }

    static long address(final long cellsAddress, final int cell) {
        return cellsAddress + (long) cell * LENGTH;
    }

    static long wordPlain(final long address) {
        return getLong(address + WORD_OFFSET);
    }

    static long wordVolatile(final long address) {
        return getLongVolatile(null, address + WORD_OFFSET);
    }

    static void wordRelease(final long address, final long word) {
        putLongRelease(null, address + WORD_OFFSET, word);
    }

    static void wordVolatile(final long address, final long word) {
        putLongVolatile(null, address + WORD_OFFSET, word);
    }

    static boolean casWord(final long address, final long expected, final long word) {
        return compareAndSetLong(null, address + WORD_OFFSET, expected, word);
    }

    static long offsetPlain(final long address) {
        return getLong(address + OFFSET_OFFSET);
    }

    static long capacityPlain(final long address) {
        return getLong(address + CAPACITY_OFFSET) & SIZE_MASK;
    }

    /** Which cell of its slab it is, from 0, or -1 for an extent. */
    static int slabPlacePlain(final long address) {
        return (int) (getLong(address + CAPACITY_OFFSET) >>> PLACE_SHIFT) - 1;
    }

    /** Bytes of data. */
    static long lengthPlain(final long address) {
        return getLong(address + LENGTH_OFFSET) & SIZE_MASK;
    }

    static int metadataLengthPlain(final long address) {
        return (int) (getLong(address + LENGTH_OFFSET) >>> PLACE_SHIFT);
    }

    /** Metadata and data length as they are stored. */
    static long lengthsPlain(final long address) {
        return getLong(address + LENGTH_OFFSET);
    }

    /** Where in the cell the metadata begins. */
    static long metadataStart(final long dataLength) {
        return (dataLength + 7) & -8L;
    }

    /** Bytes of memory that data and metadata need together. */
    static long sizeWithMetadata(final long dataLength, final int metadataLength) {
        return metadataLength == 0 ? dataLength : metadataStart(dataLength) + metadataLength;
    }

    static int flagsPlain(final long address) {
        return getByte(address + FLAGS_OFFSET) & 0xFF;
    }

    static int formatPlain(final long address) {
        return getByte(address + FORMAT_OFFSET) & 0xFF;
    }

    static int checksumPlain(final long address) {
        return getShort(address + CHECKSUM_OFFSET) & 0xFFFF;
    }

    /** What the store writes before LEASED; {@code slabPlace} is -1 for an extent. */
    static void memoryPlain(final long address, final long offset, final long capacity, final int slabPlace) {
        putLong(address + OFFSET_OFFSET, offset);
        putLong(address + CAPACITY_OFFSET, (slabPlace + 1L) << PLACE_SHIFT | capacity);
    }

    /** What the client writes in WRITING, before SEAL. */
    static void headerPlain(
            final long address,
            final ObjectId id,
            final long length,
            final int metadataLength,
            final int format,
            final int flags) {
        putLong(address + LENGTH_OFFSET, (long) metadataLength << PLACE_SHIFT | length);
        id.putIntoAddress(address + ID_OFFSET);
        putByte(address + FORMAT_OFFSET, (byte) format);
        putByte(address + FLAGS_OFFSET, (byte) flags);
        putShort(address + CHECKSUM_OFFSET, (short) checksum(address));
    }

    /**
     * Of all that a client wrote; of the generation, so that an older object's header does not pass; and of the memory, so that after a crash
     * of the store nobody is shown an object in the wrong place.
     */
    static int checksum(final long address) {
        long h = ObjectId.hash(
                getLong(address + ID_OFFSET),
                getLong(address + ID_OFFSET + 8),
                getLong(address + ID_OFFSET + 16),
                getInt(address + ID_OFFSET + 24));
        final int kind = getShort(address + FORMAT_OFFSET) & 0xFFFF;
        h = ObjectId.hash(h, getLong(address + LENGTH_OFFSET), generation(wordPlain(address)), kind);
        h = ObjectId.hash(h, getLong(address + OFFSET_OFFSET), getLong(address + CAPACITY_OFFSET), 0);
        return (int) (h >>> 48);
    }
}
