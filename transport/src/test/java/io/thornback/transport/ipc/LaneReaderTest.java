/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.MESSAGE_LENGTH;
import static io.thornback.transport.ipc.IpcFixture.TEMPLATE;
import static io.thornback.transport.ipc.IpcFixture.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.MessageHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our consumer over Agrona's ring, where Agrona's own has gaps. Deaths are simulated by leaving memory as they would. */
class LaneReaderTest {
    private static final int CAPACITY = 4096;
    private static final int RECORD_LENGTH = BitUtil.align(MESSAGE_LENGTH + RecordDescriptor.HEADER_LENGTH, 8);

    private final IpcFixture ipc = new IpcFixture();
    private final List<Long> numbers = new ArrayList<>();
    private final LaneReader.Sink sink =
            (type, ring, offset, length) -> numbers.add(ring.getLong(offset + MessageHeaders.LENGTH + 8));
    private InboxFile inbox;
    private LaneFile lane;
    private UnsafeBuffer memory;
    private ManyToOneRingBuffer ring;

    @BeforeEach
    void makeLane() {
        ProcessIdentity self = ProcessIdentity.current();
        Path inboxPath = ipc.shmDir.resolve("x.inbox");
        inbox = InboxFile.create(inboxPath, "x", new InboxOptions(CAPACITY, 64), 1, self);
        byte[] name = "worker-7".getBytes(StandardCharsets.UTF_8);
        lane = LaneFile.create(ipc.shmDir.resolve("x.lane"), inbox, 0, 0, self, name);
        memory = lane.ring();
        ring = new ManyToOneRingBuffer(memory);
    }

    @AfterEach
    void unmap() throws Exception {
        lane.close();
        inbox.close();
        ipc.close();
    }

    private LaneReader reader() {
        return new LaneReader(lane, CAPACITY);
    }

    private void write(long number) {
        assertTrue(ring.write(TEMPLATE, message(1, number), 0, MESSAGE_LENGTH));
    }

    // ---- gap 1: a consumer killed between zeroing and the head

    /** Memory that is "killed" half-way through the zeroing of what was consumed. */
    private static final class KilledWhileZeroing extends UnsafeBuffer {
        KilledWhileZeroing(UnsafeBuffer memory) {
            super(memory);
        }

        @Override
        public void setMemory(int index, int length, byte value) {
            super.setMemory(index, length / 2, value);
            throw new IllegalStateException("killed");
        }
    }

    @Test
    void successorFinishesTheZeroingOfAKilledConsumer() {
        for (int i = 0; i < 6; i++) {
            write(i);
        }
        LaneReader killed = new LaneReader(lane, CAPACITY, new KilledWhileZeroing(memory));
        assertThrows(IllegalStateException.class, () -> killed.read(sink, 4));
        assertEquals(List.of(0L, 1L, 2L, 3L), numbers);
        LaneReader successor = reader();
        assertEquals(2, successor.read(sink, 10), "what follows is not hidden behind a hole");
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), numbers, "and nothing is seen twice");
        assertTrue(successor.isDrained());
        assertFreeSpaceIsZero();
    }

    @Test
    void successorFinishesTheZeroingAcrossTheEndOfTheRing() {
        LaneReader first = reader();
        int almost = CAPACITY - 2 * RECORD_LENGTH;
        fillTo(first, almost);
        for (int i = 0; i < 6; i++) {
            write(100 + i);
        }
        lane.consumedToRelease(first.position() + 4L * RECORD_LENGTH);
        memory.setMemory((int) first.position() & (CAPACITY - 1), RECORD_LENGTH + 8, (byte) 0);
        numbers.clear();
        LaneReader successor = reader();
        successor.read(sink, 10);
        assertEquals(List.of(104L, 105L), numbers);
        assertFreeSpaceIsZero();
    }

    @Test
    void ofABatchOnlyTheMessageWhoseHandlerRanIsDeliveredAgain() {
        write(1);
        write(2);
        write(3);
        LaneReader killed = reader();
        int[] calls = {0};
        assertThrows(
                AssertionError.class,
                () -> killed.read(
                        (type, buffer, offset, length) -> {
                            if (++calls[0] == 2) {
                                // A kill here leaves memory untouched; the successor attaches to it as it is.
                                assertEquals(2, reader().read(sink, 10));
                                throw new AssertionError("killed in the handler");
                            }
                        },
                        10));
        assertEquals(List.of(2L, 3L), numbers);
    }

    @Test
    void positionsThatCannotBeAreRefused() {
        write(1);
        lane.consumedToRelease(CAPACITY * 4L);
        assertThrows(CorruptLaneException.class, this::reader);
        lane.consumedToRelease(0);
        for (long tail : new long[] {-8, 4, CAPACITY + 8L, Long.MIN_VALUE, Long.MAX_VALUE}) {
            memory.putLong(CAPACITY + RingBufferDescriptor.TAIL_POSITION_OFFSET, tail);
            assertThrows(CorruptLaneException.class, this::reader, "tail=" + tail);
        }
    }

    // ---- gap 2: unfinished claims of a dead producer

    @Test
    void skipsADeadClaimAtTheEndOfTheRingThoughALaterOneHasWrapped() {
        LaneReader reader = reader();
        fillTo(reader, CAPACITY - RECORD_LENGTH);
        claimWithoutLength(RECORD_LENGTH); // reaches the end of the buffer exactly
        write(7); // wrapped
        numbers.clear();
        assertEquals(0, reader.read(sink, 10));
        assertFalse(ring.unblock(), "Agrona's own gives up here, for ever");
        readOutDead(reader);
        assertEquals(List.of(7L), numbers);
    }

    @Test
    void skipsAClaimWhoseLengthIsKnownAndOneWhoseIsNot() {
        LaneReader reader = reader();
        write(1);
        ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
        write(2);
        claimWithoutLength(RECORD_LENGTH);
        claimWithoutLength(2 * RECORD_LENGTH);
        write(3);
        ring.abort(ring.tryClaim(TEMPLATE, MESSAGE_LENGTH));
        claimWithoutLength(RECORD_LENGTH);
        readOutDead(reader);
        assertEquals(List.of(1L, 2L, 3L), numbers);
        assertTrue(reader.isDrained());
    }

    @Test
    void doesNotTouchAClaimUnlessAsked() {
        LaneReader reader = reader();
        int claim = ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
        write(2);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, reader.read(sink, 10));
            assertFalse(reader.hasCommitted());
            assertFalse(reader.isDrained());
        }
        memory.putBytes(claim, message(1, 1), 0, MESSAGE_LENGTH);
        ring.commit(claim);
        assertEquals(2, reader.read(sink, 10));
        assertEquals(List.of(1L, 2L), numbers);
    }

    @Test
    void deliversEveryCommittedRecordOfADeadProducerWhateverLiesBetween() {
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            LaneReader reader = reader();
            numbers.clear();
            fillTo(reader, (random.nextInt(CAPACITY) / RECORD_LENGTH) * RECORD_LENGTH + CAPACITY);
            numbers.clear();
            List<Long> committed = new ArrayList<>();
            for (long number = 0; number < random.nextInt(150); number++) {
                if (!writeSomehow(random, number, committed)) {
                    break;
                }
            }
            readOutDead(reader);
            assertEquals(committed, numbers, "seed=" + seed);
            assertTrue(reader.isDrained(), "seed=" + seed);
            assertFreeSpaceIsZero();
        }
    }

    private boolean writeSomehow(Random random, long number, List<Long> committed) {
        int length = MESSAGE_LENGTH + random.nextInt(200);
        return switch (random.nextInt(5)) {
            case 0 -> claimWithoutLength(BitUtil.align(length + 8, 8));
            case 1 -> ring.tryClaim(TEMPLATE, length) > 0;
            case 2 -> {
                int aborted = ring.tryClaim(TEMPLATE, length);
                if (aborted > 0) {
                    ring.abort(aborted);
                }
                yield aborted > 0;
            }
            default -> {
                UnsafeBuffer message = IpcFixture.fill(new UnsafeBuffer(new byte[length + 4], 4, length), 1, number);
                boolean written = ring.write(TEMPLATE, message, 0, length);
                if (written) {
                    committed.add(number);
                }
                yield written;
            }
        };
    }

    /** As a producer that dies right after the CAS of the tail: with the padding before it unwritten too if it wraps. */
    private boolean claimWithoutLength(int recordLength) {
        int tailIndex = CAPACITY + RingBufferDescriptor.TAIL_POSITION_OFFSET;
        long tail = memory.getLong(tailIndex);
        long head = memory.getLong(CAPACITY + RingBufferDescriptor.HEAD_POSITION_OFFSET);
        int untilEnd = CAPACITY - (int) (tail & (CAPACITY - 1));
        int claimed = recordLength > untilEnd ? untilEnd + recordLength : recordLength;
        if (tail + claimed - head > CAPACITY) {
            return false;
        }
        memory.putLong(tailIndex, tail + claimed);
        return true;
    }

    private void readOutDead(LaneReader reader) {
        reader.read(sink, 1000);
        while (reader.skipDeadClaim()) {
            reader.read(sink, 1000);
        }
    }

    // ---- gap 3: what is found in memory is not trusted

    @Test
    void lengthsAndTypesThatCannotBeCloseTheLaneWithTheProducersName() {
        int[] lengths = {1, 7, CAPACITY, CAPACITY + 1, Integer.MAX_VALUE, Integer.MAX_VALUE - 7, RECORD_LENGTH + 8, 400
        };
        for (int length : lengths) {
            assertCorrupt(RecordDescriptor.lengthOffset(0), length, "length=" + length);
        }
        for (int type : new int[] {0, -2, 0x10000, TEMPLATE + 1, Integer.MIN_VALUE}) {
            assertCorrupt(RecordDescriptor.typeOffset(0), type, "type=" + type);
        }
        assertCorrupt(RecordDescriptor.encodedMsgOffset(0), 0, "type=" + TEMPLATE);
    }

    private void assertCorrupt(int offset, int value, String expected) {
        LaneReader reader = fresh();
        write(1);
        int right = memory.getInt(offset);
        memory.putInt(offset, value);
        CorruptLaneException e = assertThrows(CorruptLaneException.class, () -> reader.read(sink, 10), expected);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains("producer=worker-7 pid="), e.getMessage());
        assertEquals(List.of(), numbers);
        memory.putInt(offset, right);
    }

    @Test
    void deadClaimWithAnImpossibleLengthIsRefused() {
        for (int length : new int[] {-1, -7, -CAPACITY, Integer.MIN_VALUE, -RECORD_LENGTH - 8}) {
            LaneReader reader = fresh();
            ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
            memory.putInt(0, length);
            assertThrows(CorruptLaneException.class, reader::skipDeadClaim, "length=" + length);
        }
    }

    @Test
    void tailThatMovesBackOrTooFarIsRefused() {
        for (long tail : new long[] {0, RECORD_LENGTH - 4, 2L * CAPACITY + 8, -8}) {
            LaneReader reader = fresh();
            write(1);
            reader.read(sink, 1);
            write(2);
            memory.putLong(CAPACITY + RingBufferDescriptor.TAIL_POSITION_OFFSET, tail);
            assertThrows(CorruptLaneException.class, () -> reader.read(sink, 10), "tail=" + tail);
        }
    }

    @Test
    void recordsBeforeABadOneAreDelivered() {
        write(1);
        write(2);
        write(3);
        memory.putInt(2 * RECORD_LENGTH, 3);
        assertThrows(CorruptLaneException.class, () -> reader().read(sink, 10));
        assertEquals(List.of(1L, 2L), numbers);
    }

    // ---- sealing

    @Test
    void sealedLaneIsReadToItsTailAndTakesNoMore() {
        LaneReader reader = reader();
        fillTo(reader, CAPACITY / 2);
        numbers.clear();
        int written = 0;
        while (ring.write(TEMPLATE, message(1, written), 0, MESSAGE_LENGTH)) {
            written++;
        }
        reader.read(sink, 10);
        int claim = ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
        assertTrue(claim > 0);
        reader.sealTail();
        assertFalse(ring.write(TEMPLATE, message(1, 99), 0, MESSAGE_LENGTH));
        reader.read(sink, 1000);
        assertFalse(reader.isDrained(), "a claim made before the seal is waited for");
        memory.putBytes(claim, message(1, written), 0, MESSAGE_LENGTH);
        ring.commit(claim);
        reader.read(sink, 1000);
        assertTrue(reader.isDrained());
        assertEquals(java.util.stream.LongStream.rangeClosed(0, written).boxed().toList(), numbers);
        assertFalse(ring.write(TEMPLATE, message(1, 99), 0, MESSAGE_LENGTH), "reading it out gives no space back");
        assertFalse(reader.hasCommitted());
    }

    // ---- helpers

    /** An empty lane at position 0. */
    private LaneReader fresh() {
        memory.setMemory(0, memory.capacity(), (byte) 0);
        lane.consumedToRelease(0);
        numbers.clear();
        return reader();
    }

    /** Writes and reads until the ring is empty at a position with this index. */
    private void fillTo(LaneReader reader, int position) {
        while (reader.position() < position) {
            if (CAPACITY - (reader.position() & (CAPACITY - 1)) < RECORD_LENGTH) {
                break;
            }
            write(-1);
            reader.read(sink, 10);
        }
    }

    /** Agrona's producers rely on it: a claim without a length reads as zero. */
    private void assertFreeSpaceIsZero() {
        long head = memory.getLong(CAPACITY + RingBufferDescriptor.HEAD_POSITION_OFFSET);
        long tail = memory.getLong(CAPACITY + RingBufferDescriptor.TAIL_POSITION_OFFSET);
        for (long position = tail; position < head + CAPACITY; position++) {
            assertEquals(0, memory.getByte((int) position & (CAPACITY - 1)), "position=" + position);
        }
    }
}
