/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static org.agrona.concurrent.ringbuffer.RecordDescriptor.HEADER_LENGTH;
import static org.agrona.concurrent.ringbuffer.RecordDescriptor.lengthOffset;
import static org.agrona.concurrent.ringbuffer.RecordDescriptor.typeOffset;

import io.thornback.transport.wire.MessageHeaders;
import java.lang.invoke.VarHandle;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The consuming side of a lane: our own reader over the record layout of Agrona's {@code ManyToOneRingBuffer} (2.6.0),
 * whose producers are used as they are. It differs from Agrona's own consumer in four points:
 * <ol>
 *   <li>it stores {@code consumedTo} behind each message that was handled, and before it zeroes what it has read; {@link #repair}
 *       finishes that work for a consumer that was killed in between;
 *   <li>{@link #skipDeadClaim} gets past the unfinished claims of a dead producer wherever they lie, across the end of
 *       the buffer too, and never for a living one;
 *   <li>lengths, types and positions found in memory are checked against the lane and its tail before they are used;
 *   <li>a handler that throws does not lose its message silently: the {@link Sink} deals with it, and here the record
 *       counts as consumed.
 * </ol>
 * One thread. The head is kept here; the copy in memory is written for producers and never read back. Allocates nothing
 * but the exception for a corrupt lane.
 */
final class LaneReader {
    private static final int PADDING = RingBuffer.PADDING_MSG_TYPE_ID;
    private static final long NOT_SEALED = -1;

    /** Receives one record's message. What it throws ends the read after the record, which counts as consumed. */
    interface Sink {
        void onRecord(int type, UnsafeBuffer ring, int offset, int length);
    }

    private final LaneFile file;
    private final UnsafeBuffer ring;
    private final int capacity;
    private final int mask;
    private final int maxRecordLength;
    private final int headIndex;
    private final int tailIndex;
    private long head; // everything before it is handled, zeroed, and free for producers
    private long next; // everything before it is handled; runs ahead of head inside a read
    private long knownTail; // a tail that was checked; the real one is there or beyond
    private long sealedAt = Long.MAX_VALUE; // nothing beyond is read; see sealTail

    LaneReader(LaneFile file, int capacity) {
        this(file, capacity, file.ring());
    }

    /** With the ring's memory as the caller wraps it. */
    LaneReader(LaneFile file, int capacity, UnsafeBuffer ring) {
        this.file = file;
        this.ring = ring;
        this.capacity = capacity;
        this.mask = capacity - 1;
        this.maxRecordLength = LaneDescriptor.maxMessageLength(capacity) + HEADER_LENGTH;
        this.headIndex = capacity + RingBufferDescriptor.HEAD_POSITION_OFFSET;
        this.tailIndex = capacity + RingBufferDescriptor.TAIL_POSITION_OFFSET;
        repair();
    }

    /** Takes the positions from memory, and finishes what a killed predecessor had consumed but not yet released. */
    private void repair() {
        head = ring.getLongVolatile(headIndex);
        long consumedTo = file.consumedTo();
        long tail = ring.getLongVolatile(tailIndex);
        long sealedTail = file.sealedTail();
        boolean sealed = sealedTail != NOT_SEALED;
        long positions = head | consumedTo | tail | (sealed ? sealedTail : 0);
        boolean aligned = (positions & (RecordDescriptor.ALIGNMENT - 1)) == 0;
        if (head < 0 || !aligned || tail < head || tail - head > capacity) {
            throw corrupt(
                    "head=" + head + " tail=" + tail, "they are not positions in a ring of " + capacity + " bytes");
        }
        if (consumedTo > tail || (consumedTo < head && head - consumedTo > capacity)) {
            throw corrupt("consumedTo=" + consumedTo, "head=" + head + " tail=" + tail);
        }
        if (sealed && (sealedTail < head || sealedTail > tail || consumedTo > sealedTail)) {
            throw corrupt("sealedTail=" + sealedTail, "head=" + head + " tail=" + tail + " consumedTo=" + consumedTo);
        }
        next = head;
        knownTail = tail;
        if (sealed) {
            sealedAt = sealedTail;
        }
        if (consumedTo > head) {
            release(consumedTo);
        }
    }

    /**
     * Hands over committed records, oldest first, up to {@code limit} messages, and gives their space back.
     *
     * @return messages handed over
     * @throws CorruptLaneException at a record that cannot be; those before it have been handed over
     */
    int read(Sink sink, int limit) {
        int messages = 0;
        while (messages < limit) {
            int before = messages;
            long start = head;
            messages += readToEnd(sink, limit - messages);
            if (messages == before && head == start) {
                break;
            }
        }
        return messages;
    }

    /** One stretch without a wrap, at most a quarter of the ring, so that waiting producers get space early. */
    private int readToEnd(Sink sink, int limit) {
        int index = (int) head & mask;
        long end = Math.min(head + Math.min(capacity - index, capacity >> 2), sealedAt);
        int messages = 0;
        try {
            while (next < end && messages < limit) {
                int record = (int) next & mask;
                int length = ring.getIntVolatile(lengthOffset(record)); // pairs with the release in commit
                if (length <= 0) {
                    break;
                }
                int type = ring.getInt(typeOffset(record));
                int aligned = checkedLength(record, length, type);
                if (type == PADDING) {
                    next += aligned;
                    continue;
                }
                messages++;
                try {
                    sink.onRecord(type, ring, record + HEADER_LENGTH, length - HEADER_LENGTH);
                } finally {
                    next += aligned;
                    // Behind each message and not each batch: killed later, none of the batch is seen twice. A store
                    // into
                    // a line that nobody else reads.
                    file.consumedToRelease(next);
                }
            }
        } finally {
            if (next != head) {
                release(next);
            }
        }
        return messages;
    }

    /** Aligned length of a committed record, after checks that leave no byte outside of it to be touched. */
    private int checkedLength(int record, int length, int type) {
        int aligned = BitUtil.align(length, RecordDescriptor.ALIGNMENT);
        if (length < HEADER_LENGTH || length > capacity - record || aligned > capacity - record) {
            throw corrupt("length=" + length, "the record would leave the ring");
        }
        if (next + aligned > knownTail && next + aligned > tailChecked()) {
            throw corrupt("length=" + length, "the record would pass the tail=" + knownTail);
        }
        if (type != PADDING) {
            if (length > maxRecordLength) {
                throw corrupt("length=" + length, "longer than maxRecordLength=" + maxRecordLength);
            }
            if (type <= 0 || !MessageHeaders.isMessage(ring, record + HEADER_LENGTH, length - HEADER_LENGTH, type)) {
                throw corrupt("type=" + type, "the message in it does not begin with the header of that message");
            }
        }
        return aligned;
    }

    private long tailChecked() {
        long tail = ring.getLongVolatile(tailIndex);
        if (tail < knownTail || tail - head > capacity || (tail & (RecordDescriptor.ALIGNMENT - 1)) != 0) {
            throw corrupt("tail=" + tail, "head=" + head + ", it was " + knownTail + " before");
        }
        knownTail = tail;
        return tail;
    }

    /**
     * Gives {@code [head, position)} back to producers. First {@code consumedTo}: killed anywhere behind that store, the
     * successor knows that these records were handled and that the range may be partly zero. Then zeros, then the head:
     * a producer that sees the new head must find zeros.
     */
    private void release(long position) {
        file.consumedToRelease(position);
        if (sealedAt == Long.MAX_VALUE) {
            VarHandle.releaseFence(); // consumedTo before the first zero
            int index = (int) head & mask;
            int length = (int) (position - head);
            int untilEnd = Math.min(length, capacity - index);
            ring.setMemory(index, untilEnd, (byte) 0);
            ring.setMemory(0, length - untilEnd, (byte) 0);
            ring.putLongRelease(headIndex, position); // after the zeros; pairs with the producer's volatile load
        }
        head = position;
        next = position;
        knownTail = Math.max(knownTail, position);
    }

    /**
     * Gets past one unfinished claim at the head by making it padding, as Agrona's {@code unblock} does, but up to the
     * tail and across the wrap. <b>Only for a producer that the kernel says is dead</b>: a living one would commit into
     * space that is no longer its own.
     *
     * <p>A claim whose length was written (negative) ends where it says. One whose length was not yet written reads as
     * zeros, for its whole extent, because free space is zero; it, and any like it behind it, ends at the next word that
     * is not zero, at the end of the buffer, or at the tail.
     *
     * @return false if nothing is left: head and tail are equal, or a committed record is next
     */
    boolean skipDeadClaim() {
        int skipped = unfinishedBytes();
        if (skipped == 0) {
            return false;
        }
        int index = (int) head & mask;
        ring.putInt(typeOffset(index), PADDING);
        ring.putIntRelease(lengthOffset(index), skipped);
        return true;
    }

    /**
     * Gets past one unfinished claim at the head of a sealed lane, whether its producer lives or not: nothing is written,
     * and nobody will ever use the space again, so a living one may finish it undisturbed, and unread.
     *
     * @return as {@link #skipDeadClaim}
     */
    boolean skipSealedClaim() {
        if (sealedAt == Long.MAX_VALUE) {
            throw new IllegalStateException("the lane is not sealed");
        }
        int skipped = unfinishedBytes();
        if (skipped == 0) {
            return false;
        }
        release(head + skipped);
        return true;
    }

    /** Length of the unfinished claim at the head, with all behind it whose lengths are not written; 0 if there is none. */
    private int unfinishedBytes() {
        long tail = tailChecked();
        int index = (int) head & mask;
        int limit = (int) Math.min(capacity - index, Math.min(tail, sealedAt) - head) + index;
        if (limit == index) {
            return 0;
        }
        while (true) {
            int length = ring.getIntVolatile(lengthOffset(index));
            if (length > 0) {
                return 0;
            }
            if (length < 0) {
                int claimed = BitUtil.align(-length, RecordDescriptor.ALIGNMENT);
                if (-length < HEADER_LENGTH || claimed > limit - index) {
                    throw corrupt("length=" + length, "the claim would leave the ring or pass the tail=" + tail);
                }
                return claimed;
            }
            int end = zerosEnd(index, limit);
            // A living producer writes its length before its message. If what ended the zeros is part of a message, a
            // second
            // look finds the length that was not there at the first.
            VarHandle.acquireFence();
            if (zerosEnd(index, end) == end) {
                return end - index;
            }
        }
    }

    private int zerosEnd(int index, int limit) {
        int end = index;
        while (end < limit && ring.getIntVolatile(lengthOffset(end)) == 0) {
            end += RecordDescriptor.ALIGNMENT;
        }
        return end;
    }

    /**
     * Forbids further claims, for a lane that is to be read out once and dropped: takes all free space for itself by
     * moving the tail, as a producer would, and from then on gives none back. What was claimed before is still committed
     * by its living producer, and read.
     */
    void sealTail() {
        long tail;
        do {
            tail = tailChecked();
        } while (!ring.compareAndSetLong(tailIndex, tail, head + capacity));
        sealedAt = tail;
        file.sealedTailRelease(tail);
    }

    /** Whether an heir has sealed it, this one or one that died. */
    boolean isSealed() {
        return sealedAt != Long.MAX_VALUE;
    }

    /** Whether a committed record is next. */
    boolean hasCommitted() {
        return head < sealedAt && ring.getIntVolatile(lengthOffset((int) head & mask)) > 0;
    }

    /** Whether nothing is claimed or committed. */
    boolean isDrained() {
        return Math.min(ring.getLongVolatile(tailIndex), sealedAt) == head;
    }

    /** Everything before it has been handled. */
    long position() {
        return next;
    }

    /** Where the next claim will begin; not checked, for comparison only. */
    long tail() {
        return ring.getLongVolatile(tailIndex);
    }

    private CorruptLaneException corrupt(String field, String why) {
        return new CorruptLaneException(
                "lane " + file.path + " of producer=" + file.producerName + " pid=" + file.producer.pid()
                        + " at position=" + next,
                field + ", " + why);
    }
}
