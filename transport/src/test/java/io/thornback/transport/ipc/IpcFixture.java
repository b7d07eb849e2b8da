/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.AbortCellDecoder;
import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A folder in shared memory, a handler that records what it is told, and messages that carry a sender and a number. */
final class IpcFixture implements AutoCloseable {
    static final int TEMPLATE = AbortCellDecoder.TEMPLATE_ID;
    static final int MESSAGE_LENGTH = MessageHeaders.LENGTH + AbortCellDecoder.BLOCK_LENGTH;
    static final long DEADLINE_NS = 20_000_000_000L;

    final Path shmDir;

    IpcFixture() {
        try {
            shmDir = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-ipc-");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(shmDir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    Inbox inbox(String name) {
        return Inbox.create(shmDir, name, InboxOptions.DEFAULT);
    }

    OutboundLane lane(String inboxName) {
        return OutboundLane.open(shmDir, inboxName, "sender");
    }

    List<Path> laneFiles() throws IOException {
        try (Stream<Path> files = Files.list(shmDir.resolve("lanes"))) {
            return files.toList();
        }
    }

    /** A message of {@link #MESSAGE_LENGTH} bytes. */
    static UnsafeBuffer message(long sender, long number) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[MESSAGE_LENGTH + 4], 4, MESSAGE_LENGTH);
        return fill(buffer, sender, number);
    }

    static UnsafeBuffer fill(UnsafeBuffer buffer, long sender, long number) {
        MessageHeaders.write(buffer, 0, AbortCellDecoder.BLOCK_LENGTH, TEMPLATE);
        buffer.putLong(MessageHeaders.LENGTH, sender);
        buffer.putLong(MessageHeaders.LENGTH + 8, number);
        return buffer;
    }

    static int offer(OutboundLane lane, long sender, long number) {
        return lane.offer(TEMPLATE, message(sender, number), 0, MESSAGE_LENGTH);
    }

    /** Claims room for one message and leaves it unfinished. */
    static int claimOnly(OutboundLane lane) {
        int index = lane.tryClaim(TEMPLATE, MESSAGE_LENGTH);
        assertTrue(index >= 0, "claim failed: " + index);
        return index;
    }

    static void writeAndCommit(OutboundLane lane, int index, long sender, long number) {
        lane.buffer().putBytes(index, message(sender, number), 0, MESSAGE_LENGTH);
        lane.commit(index);
    }

    /** Polls until the condition holds. */
    static void pollUntil(Inbox inbox, LaneHandler handler, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < DEADLINE_NS, "condition not reached in time");
            if (inbox.poll(handler, 1000) == 0) {
                inbox.park(10_000_000L);
            }
        }
    }

    /** Keeps what it is told, in order. */
    static final class Recorder implements LaneHandler {
        final List<Long> senders = new ArrayList<>();
        final List<Long> numbers = new ArrayList<>();
        final List<InboundLane> opened = new ArrayList<>();
        final List<InboundLane> closed = new ArrayList<>();
        final List<Boolean> died = new ArrayList<>();

        @Override
        public void onMessage(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {
            assertTrue(MessageHeaders.isMessage(buffer, offset, length, templateId));
            senders.add(buffer.getLong(offset + MessageHeaders.LENGTH));
            numbers.add(buffer.getLong(offset + MessageHeaders.LENGTH + 8));
        }

        @Override
        public void onLaneOpened(InboundLane lane) {
            opened.add(lane);
        }

        @Override
        public void onLaneClosed(InboundLane lane, boolean producerDied) {
            closed.add(lane);
            died.add(producerDied);
        }
    }
}
