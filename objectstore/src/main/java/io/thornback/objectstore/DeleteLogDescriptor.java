/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * Deletes that the store has read and not finished, in {@code deletes.dat}: a head of one entry's length, then {@link #ENTRIES} entries. Written
 * and read by the store alone, and by the next one after its death.
 *
 * <p>Byte order little-endian, fields aligned to their length.
 *
 * <pre>
 * offset length type  field      writer  order    meaning
 *      0      4 i32   magic      store   plain    0x5448444C
 *      4      4 i32   version    store   release  written last; 0 = not ready
 * </pre>
 *
 * <pre>
 * offset length type  field      writer  order    meaning
 *      0      4 i32   state      store   release  0 = free, 1 = delete of an object, 2 = release of a job, 3 = delete of what only the disk has
 *      4      4 i32   job        store   plain    in state 2: of which job
 *      8      8 i64   token      store   release  0 = not decided, else what is deleted: cell and generation, in state 3 the place on disk
 *     16      8 i64   lane       store   plain    key of the lane that the message came down
 *     24      8 i64   position   store   plain    of the message in that lane
 *     32     28 bytes id         store   plain    in states 1 and 3: of which object
 * </pre>
 *
 * <p>Entry 0 is the message being handled, or handled last; it is never freed. The others are deletes of what is not in the index, which wait for the
 * SEAL that they may have overtaken.
 *
 * <p>Why all this: a message is handled again if the store dies between its effect and {@code consumedTo}; and a delete that is handled again
 * must not take an object of the same id that was sealed since. So an entry is filled, its state last, before its effect begins; a token is stored before its
 * cell becomes DOOMED or its place is noted as free. The next store finishes what has a token, by that token; skips the message of an entry if it comes again; and
 * decides what is left when it has read out all lanes of the dead store. Entry 0 without a token had no effect, and its message, which comes again, is handled.
 */
final class DeleteLogDescriptor {
    static final int MAGIC = 0x5448444C;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int VERSION_OFFSET = 4;
    static final int VERSION_LENGTH = 4;

    static final int STATE_OFFSET = 0;
    static final int STATE_LENGTH = 4;
    static final int JOB_OFFSET = 4;
    static final int JOB_LENGTH = 4;
    static final int TOKEN_OFFSET = 8;
    static final int TOKEN_LENGTH = 8;
    static final int LANE_OFFSET = 16;
    static final int LANE_LENGTH = 8;
    static final int POSITION_OFFSET = 24;
    static final int POSITION_LENGTH = 8;
    static final int ID_OFFSET = 32;
    static final int ID_LENGTH = 28;

    static final int FREE = 0;
    static final int DELETE = 1;
    static final int RELEASE_JOB = 2;
    static final int DELETE_ON_DISK = 3;

    static final int ENTRY_LENGTH = 64;
    static final int ENTRIES = 1024;

    private DeleteLogDescriptor() {}

    static long fileLength() {
        return (1L + ENTRIES) * ENTRY_LENGTH;
    }

    static long entry(final long address, final int entry) {
        return address + (1L + entry) * ENTRY_LENGTH;
    }
}
