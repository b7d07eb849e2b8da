/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * One entry of the catalog, as it lies in its map's file: the key is the object's id, 28 bytes, the value what follows. Byte order little-endian. Written
 * by the catalog's thread, read by it and by the agent; no other process opens the file. The map adds a checksum of each entry, which it
 * looks at only when it is told to.
 *
 * <pre>
 * offset length type   field       writer  order    meaning
 *      0      8 i64    length      store   plain    metadata 16 | data 48: bytes of each, as in the cell
 *      8      8 i64    cell        store   plain    where in memory: cell + 1, 24 | generation 40; 0 = not in memory
 *     16      8 i64    place       store   plain    where on disk, as of SpillDescriptor.place; -1 = not on disk
 *     24      8 i64    sealedMs    store   plain    when it was first listed, milliseconds since 1970
 *     32      8 i64    accessedMs  store   plain    when it was last seen to be read; not newer than the last change
 *     40      8 i64    writtenMs   store   plain    when it was written to disk; 0 = it was not
 *     48      4 i32    payloadCrc  store   plain    CRC32C of data and metadata; means something if it is on disk
 *     52      4 i32    creator     store   plain    number of the client that made it; 0 = unknown
 *     56      4 i32    job         store   plain    whose it is
 *     60      1 u8     format      store   plain    as in the cell
 *     61      1 u8     flags       store   plain    as in the cell
 *     62      1 u8     places      store   plain    bit 0: in memory, bit 1: on disk, bit 2: on another node
 *     63      1 u8     directory   store   plain    number of the spill directory; 255 = not told
 *     64      8 i64    check       store   plain    hash of the 64 bytes before; looked at by every lookup
 * </pre>
 *
 * <p>Beside the map lies its head, {@code .head}: what the map was made for, and whether it was closed in order. It says that the map is in use before the map is
 * opened, so whoever finds it so knows that a process died with it, and makes another: all that the catalog says is in the store's files too.
 *
 * <pre>
 * offset length type   field        writer  order    meaning
 *      0      4 i32    headMagic    store   plain    0x54484354
 *      4      4 i32    headVersion  store   plain    of both files
 *      8      8 i64    entries      store   plain    objects the map was made for
 *     16      8 i64    incarnation  store   plain    of the store whose objects these are
 *     24      8 i64    objects      store   plain    entries when it was closed
 *     32      4 i32    closed       store   plain    1 = in order; 0 = in use, or whoever used it died
 *     36      4 i32    headCrc      store   plain    CRC32C of the 36 bytes before
 * </pre>
 */
final class CatalogDescriptor {
    static final int VALUE_LENGTH = 72;

    static final int LENGTH_OFFSET = 0;
    static final int LENGTH_LENGTH = 8;
    static final int CELL_OFFSET = 8;
    static final int CELL_LENGTH = 8;
    static final int PLACE_OFFSET = 16;
    static final int PLACE_LENGTH = 8;
    static final int SEALED_MS_OFFSET = 24;
    static final int SEALED_MS_LENGTH = 8;
    static final int ACCESSED_MS_OFFSET = 32;
    static final int ACCESSED_MS_LENGTH = 8;
    static final int WRITTEN_MS_OFFSET = 40;
    static final int WRITTEN_MS_LENGTH = 8;
    static final int PAYLOAD_CRC_OFFSET = 48;
    static final int PAYLOAD_CRC_LENGTH = 4;
    static final int CREATOR_OFFSET = 52;
    static final int CREATOR_LENGTH = 4;
    static final int JOB_OFFSET = 56;
    static final int JOB_LENGTH = 4;
    static final int FORMAT_OFFSET = 60;
    static final int FORMAT_LENGTH = 1;
    static final int FLAGS_OFFSET = 61;
    static final int FLAGS_LENGTH = 1;
    static final int PLACES_OFFSET = 62;
    static final int PLACES_LENGTH = 1;
    static final int DIRECTORY_OFFSET = 63;
    static final int DIRECTORY_LENGTH = 1;
    static final int CHECK_OFFSET = 64;
    static final int CHECK_LENGTH = 8;

    static final int HEAD_MAGIC = 0x54484354;
    static final int HEAD_VERSION = 1;
    static final int HEAD_LENGTH = 40;

    static final int HEAD_MAGIC_OFFSET = 0;
    static final int HEAD_MAGIC_LENGTH = 4;
    static final int HEAD_VERSION_OFFSET = 4;
    static final int HEAD_VERSION_LENGTH = 4;
    static final int ENTRIES_OFFSET = 8;
    static final int ENTRIES_LENGTH = 8;
    static final int INCARNATION_OFFSET = 16;
    static final int INCARNATION_LENGTH = 8;
    static final int OBJECTS_OFFSET = 24;
    static final int OBJECTS_LENGTH = 8;
    static final int CLOSED_OFFSET = 32;
    static final int CLOSED_LENGTH = 4;
    static final int HEAD_CRC_OFFSET = 36;
    static final int HEAD_CRC_LENGTH = 4;

    /** Bits of {@code places}. */
    static final int IN_MEMORY = 1;

    static final int ON_DISK = 2;
    static final int ON_ANOTHER_NODE = 4;

    private CatalogDescriptor() {}
}
