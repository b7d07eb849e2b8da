/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

/**
 * Layout of {@code <shm>/inbox/<name>.inbox}: what one receiving process offers to all that send to it. Little-endian,
 * every field aligned to its length; fields that different processes write are 128 bytes apart (two cache lines: the
 * adjacent-line prefetcher pairs them).
 *
 * <pre>
 * offset length type  field           writer      order    meaning
 *      0      4 i32   magic           owner       plain    0x58424954, "TIBX"
 *      4      4 i32   version         owner       release  layout version, written last; the file is linked to its name only then
 *      8      4 i32   schemaVersion   owner       plain    version of the message schema
 *     12      4 i32   laneCapacity    owner       plain    bytes of each lane's ring, a power of two
 *     16      4 i32   slotCount       owner       plain    1 to 1024, a multiple of 64
 *     20      4 i32   incarnation     owner       plain    random, not 0; part of the lanes' file names
 *     24      8 i64   ownerPid        owner       plain    with ownerStart: who may be asked, who must be dead before repair
 *     32      8 i64   ownerStart      owner       plain    process start time, clock ticks since boot
 *    128      4 i32   state           owner,heir  volatile 1 OPEN, 2 CLOSED; never back
 *    136      8 i64   heir            heir        CAS      packed identity of who removes the file; 0 = nobody
 *    256      4 i32   futex           owner,any   CAS      0 RUNNING, 1 PARKED, 2 NOTIFIED; shared futex word
 *    384      4 i32   signal          any         RMW      1 = wake without a message; see Inbox.wake
 *    388      4 i32   sweepWanted     any         volatile 1 = a sender found no free slot: look for dead ones now
 *    512    128 u64[] doorbell        any,owner   RMW      bit i of word i/64: lane i may have records (slotCount bits)
 *    640      0 slot  slots           see below            slotCount slots of 32 bytes
 * </pre>
 *
 * One slot, offsets from its start:
 *
 * <pre>
 * offset length type  field           writer          order    meaning
 *      0      8 i64   word            producer,owner  CAS      state, generation and claimant; see SlotWord
 *      8      8 i64   producerStart   producer        release  start time of the claimant; valid from READY on
 * </pre>
 *
 * <b>Publication.</b> The owner fills a file of a temporary name and then links it to its final name, which fails if
 * the name exists. So who finds the file finds a whole header; there is no "not ready yet", and two processes cannot
 * both become the owner. {@code version} is nevertheless written last and read first.
 *
 * <p><b>The futex word.</b> RUNNING -> PARKED -> RUNNING by the owner; PARKED -> NOTIFIED by whoever wakes it, because a
 * waker must change the word: FUTEX_WAKE reaches only who sleeps already, and the owner may stand between its last look
 * at the bits and FUTEX_WAIT, which then finds another value than PARKED and returns. Not back to RUNNING: if the waker
 * dies between the store and its system call, the next sender that finds NOTIFIED makes the call.
 *
 * <p><b>If the owner dies</b> between any two stores of the creation, only a temporary file is left, which the next
 * owner of the name removes. After publication the file stays until an heir removes it: the one whose CAS took
 * {@code heir} from 0, or from a dead heir, to itself. It sets {@code state} CLOSED first, so every sender still mapped
 * sees CLOSED at once.
 */
final class InboxDescriptor {
    static final int MAGIC = 0x58424954;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int SCHEMA_VERSION_OFFSET = 8;
    static final int LANE_CAPACITY_OFFSET = 12;
    static final int SLOT_COUNT_OFFSET = 16;
    static final int INCARNATION_OFFSET = 20;
    static final int OWNER_PID_OFFSET = 24;
    static final int OWNER_START_OFFSET = 32;
    static final int STATE_OFFSET = 128;
    static final int HEIR_OFFSET = 136;
    static final int FUTEX_OFFSET = 256;
    static final int SIGNAL_OFFSET = 384;
    static final int SWEEP_WANTED_OFFSET = 388;
    static final int DOORBELL_OFFSET = 512;
    static final int SLOTS_OFFSET = 640;

    static final int SLOT_WORD_OFFSET = 0;
    static final int SLOT_PRODUCER_START_OFFSET = 8;
    static final int SLOT_LENGTH = 32;

    static final int MAX_SLOTS = 1024;

    static final int STATE_OPEN = 1;
    static final int STATE_CLOSED = 2;

    static final int RUNNING = 0;
    static final int PARKED = 1;
    static final int NOTIFIED = 2;

    private InboxDescriptor() {}

    static int slotOffset(int slot) {
        return SLOTS_OFFSET + slot * SLOT_LENGTH;
    }

    static int doorbellOffset(int word) {
        return DOORBELL_OFFSET + word * Long.BYTES;
    }

    static int fileLength(int slotCount) {
        return SLOTS_OFFSET + slotCount * SLOT_LENGTH;
    }

    static boolean isSlotCount(int slotCount) {
        return slotCount >= Long.SIZE && slotCount <= MAX_SLOTS && slotCount % Long.SIZE == 0;
    }
}
