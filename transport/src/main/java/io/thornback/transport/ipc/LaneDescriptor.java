/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Layout of {@code <shm>/lanes/<inbox>-<incarnation>-<slot>-<generation>.lane}: the records that one process sends to
 * one other. Little-endian, every field aligned to its length.
 *
 * <pre>
 * offset length type  field           writer    order    meaning
 *      0      4 i32   magic           producer  plain    0x4e4c4254, "TBLN"
 *      4      4 i32   version         producer  release  layout version, written last; 0 = not ready
 *      8      4 i32   schemaVersion   producer  plain    version of the message schema
 *     12      4 i32   capacity        producer  plain    bytes of the ring, a power of two
 *     16      8 i64   producerPid     producer  plain    with producerStart: who must be dead before its claims are skipped
 *     24      8 i64   producerStart   producer  plain    process start time, clock ticks since boot
 *     32      8 i64   consumerPid     producer  plain    with consumerStart: the inbox owner that this lane was made for
 *     40      8 i64   consumerStart   producer  plain    process start time, clock ticks since boot
 *     48      4 i32   incarnation     producer  plain    of the inbox
 *     52      4 i32   slot            producer  plain    index in the inbox's table
 *     56      4 i32   generation      producer  plain    of the slot
 *     60      4 i32   nameLength      producer  plain    bytes of name, 0 to 64
 *     64     64 u8[]  name            producer  plain    the producer's own name, UTF-8
 *    128      4 i32   producerClosed  producer  release  1 = nothing follows what is committed
 *    256      8 i64   consumedTo      consumer  release  handled up to here; stored after each message
 *    264      8 i64   sealedTail      heir      release  1 + where an heir stops reading; 0 = not sealed
 *    384      4 i32   consumerClosed  consumer  release  1 = nothing more will be read
 *    512      0 ring  ring            both               capacity bytes of records, then Agrona's trailer of 768
 * </pre>
 *
 * The ring is Agrona's {@code ManyToOneRingBuffer}: records aligned to 8, each an i32 length (negative while claimed,
 * header included), an i32 type (-1 = padding) and the message; tail, cached head and head, 128 bytes apart, in the
 * trailer. Bytes between head + capacity and tail are zero, always: a claim whose producer has not yet written its
 * length reads 0.
 *
 * <p><b>If the producer dies</b> before {@code version}: its slot is still CLAIMED, the consumer removes the file. After
 * it: see {@code package-info} for each step of claim and commit.
 *
 * <p><b>If the consumer dies</b> after {@code consumedTo} and before the head: bytes of {@code [head, consumedTo)} are
 * partly zero, and would read as an unfinished claim. Whoever reads the lane next zeroes that range again and sets
 * the head to {@code consumedTo}. {@code consumedTo} moves behind each message when its handler has returned, on a line that
 * no producer reads: so of all lanes of an inbox together at most one message is delivered again, the one whose handler
 * was running or had just returned.
 *
 * <p><b>If an heir dies</b> while it reads out a lane that it has sealed, {@code consumedTo} says how far it came, and head and bytes
 * are as they were. Between the tail's CAS and {@code sealedTail} the tail is the head + capacity, and what was never claimed
 * reads as zeros: the next heir takes that for a claim that nobody finishes.
 */
final class LaneDescriptor {
    static final int MAGIC = 0x4e4c4254;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int SCHEMA_VERSION_OFFSET = 8;
    static final int CAPACITY_OFFSET = 12;
    static final int PRODUCER_PID_OFFSET = 16;
    static final int PRODUCER_START_OFFSET = 24;
    static final int CONSUMER_PID_OFFSET = 32;
    static final int CONSUMER_START_OFFSET = 40;
    static final int INCARNATION_OFFSET = 48;
    static final int SLOT_OFFSET = 52;
    static final int GENERATION_OFFSET = 56;
    static final int NAME_LENGTH_OFFSET = 60;
    static final int NAME_OFFSET = 64;
    static final int MAX_NAME_LENGTH = 64;
    static final int PRODUCER_CLOSED_OFFSET = 128;
    static final int CONSUMED_TO_OFFSET = 256;
    static final int SEALED_TAIL_OFFSET = 264;
    static final int CONSUMER_CLOSED_OFFSET = 384;
    static final int RING_OFFSET = 512;

    /** Smallest ring: its longest message is 248 bytes. */
    static final int MIN_CAPACITY = 4096;

    /** Largest ring. */
    static final int MAX_CAPACITY = 1 << 28;

    private LaneDescriptor() {}

    static int ringLength(int capacity) {
        return capacity + RingBufferDescriptor.TRAILER_LENGTH;
    }

    static int fileLength(int capacity) {
        return RING_OFFSET + ringLength(capacity);
    }

    static boolean isCapacity(int capacity) {
        return capacity >= MIN_CAPACITY && capacity <= MAX_CAPACITY && Integer.bitCount(capacity) == 1;
    }

    /**
     * Longest message in bytes, SBE header included: a record is at most a sixteenth of the ring, so that bursts of the
     * longest still fit, and the record's own header goes off. 16,376 for the default of 256 KiB.
     */
    static int maxMessageLength(int capacity) {
        return (capacity >> 4) - RecordDescriptor.HEADER_LENGTH;
    }
}
