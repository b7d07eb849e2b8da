/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A spill file: objects one behind the other, each with a header that describes it, so that the files alone tell what is on disk. Written by one
 * thread of one store, mode 0600; closed when it is long enough, deleted when nothing in it lives.
 *
 * <p>Byte order little-endian. The file begins with
 *
 * <pre>
 * offset length type   field       writer  order    meaning
 *      0      4 i32    fileMagic   store   plain    0x54485346
 *      4      4 i32    fileVersion store   plain    layout of the file
 *      8      8 i64    incarnation store   plain    of the store whose objects these are
 *     16      4 i32    fileNumber  store   plain    1 or more; grows with each file of a store
 *     20      4 i32    fileCrc     store   plain    CRC32C of the 20 bytes before
 * </pre>
 *
 * <p>and records follow, from {@link #RECORDS_OFFSET} on, each at the next multiple of {@link #ALIGNMENT} behind its predecessor:
 *
 * <pre>
 * offset length type   field       writer  order    meaning
 *      0      4 i32    magic       store   plain    0x54485352
 *      4      4 i32    headerCrc   store   plain    CRC32C of the 80 bytes that follow
 *      8      8 i64    place       store   plain    file number 24 | offset of this record in units of 64 bytes 40
 *     16      8 i64    length      store   plain    metadata 16 | data 48: bytes of each, as in the cell
 *     24      4 i32    payloadCrc  store   plain    CRC32C of the payload
 *     28      4 i32    creator     store   plain    number of the client that made the object
 *     32     28 bytes  id          store   plain    the object's id
 *     60      1 u8     format      store   plain    as in the cell
 *     61      1 u8     flags       store   plain    as in the cell
 *     64      8 i64    writtenMs   store   plain    when, milliseconds since 1970
 *     72      8 i64    owner       store   plain    incarnation again: a record found in a damaged file is known by it
 *     80      8 i64    memory      store   plain    cell 24 | generation 40 that it was written from; see below
 *     88      4 i32    dead        store   plain    outside the checksum: 0, or {@link #DEAD} when the object was deleted
 * </pre>
 *
 * <p>The payload is what the cell holds, data and metadata, {@link #HEADER_LENGTH} bytes behind the record's begin.
 *
 * <p>If the writer is killed: a header is written after its payload, or in one piece with it and before it in the file, so a record is whole if its header is valid
 * and the file is long enough for its payload; anything else ends the file. The death of the process loses nothing that was written. If it is killed when an object was deleted
 * while it was being written, the cell is DOOMED at that generation, for it is held until then: by that the record is known to be dead. A record whose
 * header is damaged is skipped to the next valid one, found by magic, checksum, owner and its own place.
 */
final class SpillDescriptor {
    static final int FILE_MAGIC = 0x54485346;
    static final int FILE_VERSION = 1;
    static final int MAGIC = 0x54485352;
    static final int DEAD = 0x44454144;

    static final int FILE_MAGIC_OFFSET = 0;
    static final int FILE_MAGIC_LENGTH = 4;
    static final int FILE_VERSION_OFFSET = 4;
    static final int FILE_VERSION_LENGTH = 4;
    static final int INCARNATION_OFFSET = 8;
    static final int INCARNATION_LENGTH = 8;
    static final int FILE_NUMBER_OFFSET = 16;
    static final int FILE_NUMBER_LENGTH = 4;
    static final int FILE_CRC_OFFSET = 20;
    static final int FILE_CRC_LENGTH = 4;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int HEADER_CRC_OFFSET = 4;
    static final int HEADER_CRC_LENGTH = 4;
    static final int PLACE_OFFSET = 8;
    static final int PLACE_LENGTH = 8;
    static final int LENGTH_OFFSET = 16;
    static final int LENGTH_LENGTH = 8;
    static final int PAYLOAD_CRC_OFFSET = 24;
    static final int PAYLOAD_CRC_LENGTH = 4;
    static final int CREATOR_OFFSET = 28;
    static final int CREATOR_LENGTH = 4;
    static final int ID_OFFSET = 32;
    static final int ID_LENGTH = 28;
    static final int FORMAT_OFFSET = 60;
    static final int FORMAT_LENGTH = 1;
    static final int FLAGS_OFFSET = 61;
    static final int FLAGS_LENGTH = 1;
    static final int WRITTEN_MS_OFFSET = 64;
    static final int WRITTEN_MS_LENGTH = 8;
    static final int OWNER_OFFSET = 72;
    static final int OWNER_LENGTH = 8;
    static final int MEMORY_OFFSET = 80;
    static final int MEMORY_LENGTH = 8;
    static final int DEAD_OFFSET = 88;
    static final int DEAD_LENGTH = 4;

    static final int RECORDS_OFFSET = 64;
    static final int HEADER_LENGTH = 96;
    static final int ALIGNMENT = 64;

    static final int MAX_FILE_NUMBER = (1 << 23) - 1;

    private static final int UNIT_SHIFT = 6;
    private static final int FILE_SHIFT = 40;
    private static final long OFFSET_MASK = (1L << FILE_SHIFT) - 1;
    private static final int CRC_START = PLACE_OFFSET;

    private SpillDescriptor() {}

    static long place(final int fileNumber, final long offset) {
        return (long) fileNumber << FILE_SHIFT | offset >>> UNIT_SHIFT;
    }

    static int fileNumber(final long place) {
        return (int) (place >>> FILE_SHIFT);
    }

    static long offset(final long place) {
        return (place & OFFSET_MASK) << UNIT_SHIFT;
    }

    /** Bytes of the file that a record takes. */
    static long recordLength(final long payloadBytes) {
        return (HEADER_LENGTH + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes the head of a file at the buffer's begin. */
    static void putFileHeader(final ByteBuffer buffer, final long incarnation, final int fileNumber) {
        for (int i = 0; i < RECORDS_OFFSET; i += Long.BYTES) {
            buffer.putLong(i, 0);
        }
        buffer.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(FILE_MAGIC_OFFSET, FILE_MAGIC)
                .putInt(FILE_VERSION_OFFSET, FILE_VERSION)
                .putLong(INCARNATION_OFFSET, incarnation)
                .putInt(FILE_NUMBER_OFFSET, fileNumber)
                .putInt(FILE_CRC_OFFSET, crc(buffer, 0, FILE_CRC_OFFSET));
    }

    /** Whether a file with this head is that file of that store. */
    static boolean isFileHeader(final ByteBuffer buffer, final long incarnation, final int fileNumber) {
        return buffer.getInt(FILE_MAGIC_OFFSET) == FILE_MAGIC
                && buffer.getInt(FILE_VERSION_OFFSET) == FILE_VERSION
                && buffer.getLong(INCARNATION_OFFSET) == incarnation
                && buffer.getInt(FILE_NUMBER_OFFSET) == fileNumber
                && buffer.getInt(FILE_CRC_OFFSET) == crc(buffer, 0, FILE_CRC_OFFSET);
    }

    /** Writes a record's header at a place of a little-endian buffer. */
    static void putHeader(final ByteBuffer buffer, final int at, final Spilled object, final long incarnation) {
        buffer.putInt(at + MAGIC_OFFSET, MAGIC);
        buffer.putLong(at + PLACE_OFFSET, object.place);
        buffer.putLong(at + LENGTH_OFFSET, object.length);
        buffer.putInt(at + PAYLOAD_CRC_OFFSET, object.payloadCrc);
        buffer.putInt(at + CREATOR_OFFSET, object.creator);
        buffer.putLong(at + ID_OFFSET, object.id.word0);
        buffer.putLong(at + ID_OFFSET + 8, object.id.word1);
        buffer.putLong(at + ID_OFFSET + 16, object.id.word2);
        buffer.putInt(at + ID_OFFSET + 24, object.id.word3);
        buffer.put(at + FORMAT_OFFSET, (byte) object.format);
        buffer.put(at + FLAGS_OFFSET, (byte) object.flags);
        buffer.putShort(at + FLAGS_OFFSET + 1, (short) 0);
        buffer.putLong(at + WRITTEN_MS_OFFSET, object.writtenMs);
        buffer.putLong(at + OWNER_OFFSET, incarnation);
        buffer.putLong(at + MEMORY_OFFSET, object.memory);
        buffer.putLong(at + DEAD_OFFSET, 0);
        buffer.putInt(at + HEADER_CRC_OFFSET, crc(buffer, at + CRC_START, DEAD_OFFSET - CRC_START));
    }

    /** Whether the header of that record of that store is at a place of a little-endian buffer. */
    static boolean isHeader(final ByteBuffer buffer, final int at, final long place, final long incarnation) {
        return buffer.getInt(at + MAGIC_OFFSET) == MAGIC
                && buffer.getLong(at + PLACE_OFFSET) == place
                && buffer.getLong(at + OWNER_OFFSET) == incarnation
                && buffer.getInt(at + HEADER_CRC_OFFSET) == crc(buffer, at + CRC_START, DEAD_OFFSET - CRC_START);
    }

    static boolean isDead(final ByteBuffer buffer, final int at) {
        return buffer.getInt(at + DEAD_OFFSET) == DEAD;
    }

    /** Reads a header that {@link #isHeader} has accepted. */
    static Spilled getHeader(final ByteBuffer buffer, final int at) {
        final ObjectId id = new ObjectId(
                buffer.getLong(at + ID_OFFSET),
                buffer.getLong(at + ID_OFFSET + 8),
                buffer.getLong(at + ID_OFFSET + 16),
                buffer.getInt(at + ID_OFFSET + 24));
        final Spilled object = new Spilled(
                id,
                buffer.getLong(at + LENGTH_OFFSET),
                buffer.get(at + FORMAT_OFFSET) & 0xFF,
                buffer.get(at + FLAGS_OFFSET) & 0xFF,
                buffer.getInt(at + CREATOR_OFFSET));
        object.place = buffer.getLong(at + PLACE_OFFSET);
        object.payloadCrc = buffer.getInt(at + PAYLOAD_CRC_OFFSET);
        object.writtenMs = buffer.getLong(at + WRITTEN_MS_OFFSET);
        object.memory = buffer.getLong(at + MEMORY_OFFSET);
        return object;
    }

    private static int crc(final ByteBuffer buffer, final int start, final int length) {
        final CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().position(start).limit(start + length));
        return (int) crc.getValue();
    }
}
