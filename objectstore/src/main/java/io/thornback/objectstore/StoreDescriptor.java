/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * The head of a store, in {@code store.dat}: its shape, its owner, its counters, and the table of its clients. Written by
 * the store alone; clients and tools map it read-only.
 *
 * <p>Byte order little-endian, fields aligned to their length.
 *
 * <pre>
 * offset length type  field         writer  order    meaning
 *      0      4 i32   magic         store   plain    0x54485354
 *      4      4 i32   version       store   release  layout of all the store's files; written last, 0 = not ready
 *      8      8 i64   epoch         store   plain    grows with every store that opens this directory
 *     16      8 i64   ownerPid      store   plain    with ownerStart: who may be asked
 *     24      8 i64   ownerStart    store   plain    process start time, clock ticks since boot
 *     32      8 i64   arenaBytes    store   plain    most bytes of the arena in use; its file has more addresses
 *     40      4 i32   maxCells      store   plain    descriptors in cells.dat
 *     44      4 i32   maxClients    store   plain    entries of the client table
 *     48      4 i32   pinSlots      store   plain    entries of each pin table
 *     52      4 i32   cellsHigh     store   release  cells at and above it have never been used; only grows
 *     56      8 i64   incarnation   store   plain    random, made with the files: its spill files bear it
 *     64      8 i64   usedBytes     store   release  capacity of the cells SEALED and DOOMED
 *     72      8 i64   leasedBytes   store   release  capacity of the cells LEASED and WRITING
 *     80      8 i64   reservedBytes store   release  arena bytes that have pages
 *     88      8 i64   objects       store   release  objects in the index
 *     96      8 i64   admitted      store   release  clients admitted now
 *    104      8 i64   sealed        store   release  objects sealed since the start
 *    112      8 i64   deleted       store   release  objects deleted since the start
 *    120      8 i64   rejected      store   release  seals that lost against another object of the same id
 *    128      8 i64   badMessages   store   release  messages that were refused as malformed or not allowed
 *    136      8 i64   doomed        store   release  deleted objects that are still pinned
 *    144      8 i64   spilled       store   release  objects that have a copy on disk
 *    152      8 i64   spilledBytes  store   release  payload of these copies
 *    160      8 i64   restored      store   release  objects read back from disk since the start
 *    168      8 i64   evicted       store   release  objects evicted from memory since the start
 *    176      8 i64   lost          store   release  objects that could not be kept or read back, ever
 *    184      8 i64   spillErrors   store   release  writes and reads of the spill directories that failed
 *    192      8 i64   tick          store   release  the store's clock, seconds since the files were made
 *    200      8 i64   waiting       store   release  creates that wait for memory now
 *    208      8 i64   catalogued    store   release  entries of the catalog
 *    216      8 i64   uncatalogued  store   release  objects for which the catalog had no room
 *    224      8 i64   restarts      store   release  stores that took these files over from a dead one
 * </pre>
 *
 * <p>The client table begins at {@link #CLIENTS_OFFSET}; entry {@code n} is client {@code n + 1}:
 *
 * <pre>
 * offset length type  field         writer  order    meaning
 *      0      4 i32   state         store   release  0 = free, 1 = active, 2 = closing; written last
 *      4      4 i32   job           store   plain    whose client it is
 *      8      8 i64   pid           store   plain    with start: who must be dead before its cells are freed
 *     16      8 i64   start         store   plain    process start time, clock ticks since boot
 *     24      8 i64   leased        store   release  bytes in LEASED and WRITING cells of this client
 *     32      4 i32   inboxLength   store   plain    bytes of the next field
 *     40    100 bytes inbox         store   plain    name of the client's inbox: where a later store rings it
 * </pre>
 *
 * <p>A reader of the counters sees each one whole, and no two at one instant. If the store dies between two stores the
 * counters are stale by what it was doing; they are statistics, nothing is decided by them. An entry of the client
 * table is filled before its state says active, and freed after the client's cells are; a store that finds an active
 * entry of a dead process frees that client's cells.
 */
final class StoreDescriptor {
    static final int MAGIC = 0x54485354;
    /** Layout of every file of the store. */
    static final int LAYOUT_VERSION = 3;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int VERSION_OFFSET = 4;
    static final int VERSION_LENGTH = 4;
    static final int EPOCH_OFFSET = 8;
    static final int EPOCH_LENGTH = 8;
    static final int OWNER_PID_OFFSET = 16;
    static final int OWNER_PID_LENGTH = 8;
    static final int OWNER_START_OFFSET = 24;
    static final int OWNER_START_LENGTH = 8;
    static final int ARENA_BYTES_OFFSET = 32;
    static final int ARENA_BYTES_LENGTH = 8;
    static final int MAX_CELLS_OFFSET = 40;
    static final int MAX_CELLS_LENGTH = 4;
    static final int MAX_CLIENTS_OFFSET = 44;
    static final int MAX_CLIENTS_LENGTH = 4;
    static final int PIN_SLOTS_OFFSET = 48;
    static final int PIN_SLOTS_LENGTH = 4;
    static final int CELLS_HIGH_OFFSET = 52;
    static final int CELLS_HIGH_LENGTH = 4;
    static final int INCARNATION_OFFSET = 56;
    static final int INCARNATION_LENGTH = 8;
    static final int USED_BYTES_OFFSET = 64;
    static final int USED_BYTES_LENGTH = 8;
    static final int LEASED_BYTES_OFFSET = 72;
    static final int LEASED_BYTES_LENGTH = 8;
    static final int RESERVED_BYTES_OFFSET = 80;
    static final int RESERVED_BYTES_LENGTH = 8;
    static final int OBJECTS_OFFSET = 88;
    static final int OBJECTS_LENGTH = 8;
    static final int ADMITTED_OFFSET = 96;
    static final int ADMITTED_LENGTH = 8;
    static final int SEALED_OFFSET = 104;
    static final int SEALED_LENGTH = 8;
    static final int DELETED_OFFSET = 112;
    static final int DELETED_LENGTH = 8;
    static final int REJECTED_OFFSET = 120;
    static final int REJECTED_LENGTH = 8;
    static final int BAD_MESSAGES_OFFSET = 128;
    static final int BAD_MESSAGES_LENGTH = 8;
    static final int DOOMED_OFFSET = 136;
    static final int DOOMED_LENGTH = 8;
    static final int SPILLED_OFFSET = 144;
    static final int SPILLED_LENGTH = 8;
    static final int SPILLED_BYTES_OFFSET = 152;
    static final int SPILLED_BYTES_LENGTH = 8;
    static final int RESTORED_OFFSET = 160;
    static final int RESTORED_LENGTH = 8;
    static final int EVICTED_OFFSET = 168;
    static final int EVICTED_LENGTH = 8;
    static final int LOST_OFFSET = 176;
    static final int LOST_LENGTH = 8;
    static final int SPILL_ERRORS_OFFSET = 184;
    static final int SPILL_ERRORS_LENGTH = 8;
    static final int TICK_OFFSET = 192;
    static final int TICK_LENGTH = 8;
    static final int WAITING_OFFSET = 200;
    static final int WAITING_LENGTH = 8;
    static final int CATALOGUED_OFFSET = 208;
    static final int CATALOGUED_LENGTH = 8;
    static final int UNCATALOGUED_OFFSET = 216;
    static final int UNCATALOGUED_LENGTH = 8;
    static final int RESTARTS_OFFSET = 224;
    static final int RESTARTS_LENGTH = 8;

    static final int CLIENTS_OFFSET = 256;
    static final int CLIENT_LENGTH = 192;

    static final int STATE_OFFSET = 0;
    static final int STATE_LENGTH = 4;
    static final int JOB_OFFSET = 4;
    static final int JOB_LENGTH = 4;
    static final int PID_OFFSET = 8;
    static final int PID_LENGTH = 8;
    static final int START_OFFSET = 16;
    static final int START_LENGTH = 8;
    static final int LEASED_OFFSET = 24;
    static final int LEASED_LENGTH = 8;
    static final int INBOX_LENGTH_OFFSET = 32;
    static final int INBOX_LENGTH_LENGTH = 4;
    static final int INBOX_OFFSET = 40;
    static final int INBOX_LENGTH = 100;

    static final int CLIENT_FREE = 0;
    static final int CLIENT_ACTIVE = 1;
    static final int CLIENT_CLOSING = 2;

    private StoreDescriptor() {}

    static long fileLength(final int maxClients) {
        return CLIENTS_OFFSET + (long) maxClients * CLIENT_LENGTH;
    }

    static long clientAddress(final long storeAddress, final int clientId) {
        return storeAddress + CLIENTS_OFFSET + (long) (clientId - 1) * CLIENT_LENGTH;
    }
}
