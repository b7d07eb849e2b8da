/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Layout of a file of slots, {@code <shm>/observe/<process>.<kind>}: a head, then slots of one length, each of which can be written and read on its own. Little-endian, fields
 * aligned to their length.
 *
 * <pre>
 * offset length type  field       writer order    meaning
 *      0      4 i32   magic       owner  plain    0x534C4F54, "TOLS"
 *      4      4 i32   version     owner  release  layout of head and slots; written last, 0 = not ready
 *      8      4 i32   kind        owner  plain    1 tasks, 2 workers, 3 actors: which descriptor the slots have
 *     12      4 i32   slotLength  owner  plain    bytes, a multiple of 64
 *     16      4 i32   capacity    owner  plain    slots
 *     24      8 i64   ownerPid    owner  plain    with ownerStart: whose file it is
 *     32      8 i64   ownerStart  owner  plain    process start time, clock ticks since boot
 *     40      8 i64   createdMs   owner  plain    wall clock, milliseconds since the epoch, ...
 *     48      8 i64   createdNs   owner  plain    ... when the host's monotonic clock read this
 *     64      8 i64   next        owner  RMW      events that were given a slot so far; the next one's position
 *     72      8 i64   lost        owner  RMW      what was not written, because its slot was in use or there was none
 *    128      0 bytes slots       owner  sequence capacity times slotLength
 * </pre>
 *
 * <p><b>A slot</b> begins with its sequence, an i64: 0 = never written, odd = being written, even = whole. Who writes takes it from even to odd by CAS, stores the fields, and
 * releases the next even number. A writer that finds it odd (another thread of the process, which has been overtaken by a whole lap) gives up and counts {@code lost}. Who reads
 * loads the sequence (acquire), copies the slot, and loads it again behind an acquire fence: equal and even means that the copy is whole.
 *
 * <p><b>If the owner dies</b> while it writes, the slot stays odd and is shown by nobody; all others stay as they are. Nothing is repaired: a file has one owner for all its life.
 * Readers check magic, version, kind and lengths against the file's size, and trust nothing else that they read.
 */
final class SlotFileDescriptor {
    static final int MAGIC = 0x534C4F54;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int MAGIC_LENGTH = 4;
    static final int VERSION_OFFSET = 4;
    static final int VERSION_LENGTH = 4;
    static final int KIND_OFFSET = 8;
    static final int KIND_LENGTH = 4;
    static final int SLOT_LENGTH_OFFSET = 12;
    static final int SLOT_LENGTH_LENGTH = 4;
    static final int CAPACITY_OFFSET = 16;
    static final int CAPACITY_LENGTH = 4;
    static final int OWNER_PID_OFFSET = 24;
    static final int OWNER_PID_LENGTH = 8;
    static final int OWNER_START_OFFSET = 32;
    static final int OWNER_START_LENGTH = 8;
    static final int CREATED_MS_OFFSET = 40;
    static final int CREATED_MS_LENGTH = 8;
    static final int CREATED_NS_OFFSET = 48;
    static final int CREATED_NS_LENGTH = 8;
    static final int NEXT_OFFSET = 64;
    static final int NEXT_LENGTH = 8;
    static final int LOST_OFFSET = 72;
    static final int LOST_LENGTH = 8;
    static final int SLOTS_OFFSET = 128;
    static final int SLOTS_LENGTH = 0;

    /** The sequence, at the start of every slot. */
    static final int SEQUENCE_OFFSET = 0;

    static final int TASKS = 1;
    static final int WORKERS = 2;
    static final int ACTORS = 3;

    private SlotFileDescriptor() {}

    static long fileLength(final int slotLength, final int capacity) {
        return SLOTS_OFFSET + (long) slotLength * capacity;
    }
}
