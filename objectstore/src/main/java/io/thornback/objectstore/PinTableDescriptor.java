/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * What one client is reading, in {@code client-N.dat}: a header and {@code slots} entries of fixed number. Made, fully
 * reserved, by the store when it admits the client; written by the client; deleted by the store.
 *
 * <p>Byte order little-endian, fields aligned to their length. Entries begin at {@link #ENTRIES_OFFSET}.
 *
 * <pre>
 * offset length type  field      writer  order    meaning
 *      0      4 i32   magic      store   plain    0x54485049
 *      4      4 i32   version    store   release  written last; 0 = not ready
 *      8      4 i32   clientId   store   plain    1..65535
 *     12      4 i32   slots      store   plain    entries that follow the header
 *     16      8 i64   pid        store   plain    with start: whose pins these are
 *     24      8 i64   start      store   plain    process start time, clock ticks since boot
 *     64      8 i64   highWater  client  volatile entries at and above it have never been used; only grows
 *     80      4 i32   closed     client  release  1 = the client has left, whatever became of its process
 * </pre>
 *
 * <p>Then {@link #WAIT_WORDS} words, {@link #WAIT_WORD_SPACING} bytes apart from {@link #WAIT_WORDS_OFFSET} on, one for each thread that
 * waits for an object or for memory:
 *
 * <pre>
 * offset length type  field      writer  order    meaning
 *      0      4 i32   waitWord   both    CAS      sequence * 2 while the client waits; the store adds 1 and wakes
 *      8      8 i64   answer     store   plain    of a wait for memory: the token of the cell; before the CAS
 * </pre>
 *
 * <p>And the entries:
 *
 * <pre>
 * offset length type  field      writer  order    meaning
 *      0      8 i64   pin        client  CAS      0 = free, else cell + 1; back to 0 with release
 *      8      8 i64   access     client  plain    cell + 1 in the high half, the store's clock in the low: for LRU
 * </pre>
 *
 * <p>Memory order. A reader raises {@code highWater}, takes the entry by CAS (a volatile store; with the full fence
 * behind it the reader's half of the pair), then reads the cell's word. The store writes DOOMED or EVICTING into the
 * word (volatile), executes its full fence, then reads {@code highWater} and the pins. So of a reader and a store that
 * meet over one cell at least one sees the other: the reader sees the new state and lets go, or the store sees the pin and
 * leaves the memory alone. Unpinning is a release: the reader's loads are over before the store can see 0.
 *
 * <p>If the client dies between any two of these stores, its pins stay as they are; the store ignores the whole table once the
 * kernel says that the process is dead, and deletes it.
 */
final class PinTableDescriptor {
    static final int MAGIC = 0x54485049;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int VERSION_OFFSET = 4;
    static final int VERSION_LENGTH = 4;
    static final int CLIENT_ID_OFFSET = 8;
    static final int CLIENT_ID_LENGTH = 4;
    static final int SLOTS_OFFSET = 12;
    static final int SLOTS_LENGTH = 4;
    static final int PID_OFFSET = 16;
    static final int PID_LENGTH = 8;
    static final int START_OFFSET = 24;
    static final int START_LENGTH = 8;
    static final int HIGH_WATER_OFFSET = 64;
    static final int HIGH_WATER_LENGTH = 8;
    static final int CLOSED_OFFSET = 80;
    static final int CLOSED_LENGTH = 4;

    static final int WAIT_WORD_OFFSET = 0;
    static final int WAIT_WORD_LENGTH = 4;
    static final int ANSWER_OFFSET = 8;
    static final int ANSWER_LENGTH = 8;
    static final int WAIT_WORDS_OFFSET = 128;
    static final int WAIT_WORDS = 64;
    static final int WAIT_WORD_SPACING = 64;

    static final int PIN_OFFSET = 0;
    static final int PIN_LENGTH = 8;
    static final int ACCESS_OFFSET = 8;
    static final int ACCESS_LENGTH = 8;

    static final int ENTRIES_OFFSET = WAIT_WORDS_OFFSET + WAIT_WORDS * WAIT_WORD_SPACING;
    static final int ENTRY_LENGTH = 16;

    private PinTableDescriptor() {}

    static long fileLength(final int slots) {
        return ENTRIES_OFFSET + (long) slots * ENTRY_LENGTH;
    }

    static long waitWordAddress(final long tableAddress, final int word) {
        return tableAddress + WAIT_WORDS_OFFSET + (long) word * WAIT_WORD_SPACING + WAIT_WORD_OFFSET;
    }

    /** What {@code access} says of a cell that was pinned at a tick of the store's clock. */
    static long access(final int cell, final long tick) {
        return (cell + 1L) << Integer.SIZE | (tick & 0xFFFF_FFFFL);
    }

    /** The cell of an access, or -1 if there was none. */
    static int accessCell(final long access) {
        return (int) (access >>> Integer.SIZE) - 1;
    }

    static int accessTick(final long access) {
        return (int) access;
    }

    static long pinAddress(final long tableAddress, final int slot) {
        return tableAddress + ENTRIES_OFFSET + (long) slot * ENTRY_LENGTH + PIN_OFFSET;
    }
}
