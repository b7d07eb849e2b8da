/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.transport.TransportException;
import io.thornback.transport.wire.MessageHeaders;
import io.thornback.transport.wire.MessageShapes;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.WireTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Lanes and inboxes of which another process has overwritten a part: their files are changed while they are in use. */
public final class LaneTargets implements AutoCloseable {
    private static final int CAPACITY = LaneDescriptor.MIN_CAPACITY;
    private static final int SLOTS = Long.SIZE;
    private static final InboxOptions OPTIONS = new InboxOptions(CAPACITY, SLOTS);
    private static final int POLLS = 64;
    private static final int WEIGHT = 2;
    /** Waits 200 ms for a claim that nobody finishes. */
    private static final int ONCE = 0;

    private static final String NAME = "fuzzed";

    private final Path shmDir;
    private final AtomicInteger lastNumber = new AtomicInteger();

    /** Makes a folder in shared memory. */
    public LaneTargets() throws IOException {
        shmDir = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-fuzz-");
    }

    @Override
    public void close() throws IOException {
        delete(shmDir);
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** The lane as its reader sees it, its header, the inbox as its owner and as senders see it. */
    public List<FuzzTarget> all() throws IOException {
        final List<byte[]> images = List.of(laneImage(3, false), laneImage(14, false), laneImage(5, true));
        final int laneLength = LaneDescriptor.fileLength(CAPACITY);
        final int inboxLength = InboxDescriptor.fileLength(SLOTS);
        return List.of(
                FuzzTarget.of("lane", images, input -> read(input, Pair::poll))
                        .covering(LaneReader.class, Dispatcher.class, Inbox.class, InboundLane.class)
                        .weighing(WEIGHT),
                FuzzTarget.of("lane of a dead receiver", images, input -> read(input, Pair::inherit))
                        .covering(LaneReader.class, InheritedLanes.class, InboxHeir.class)
                        .weighing(ONCE),
                FuzzTarget.of("lane from its header on", List.of(new byte[laneLength]), this::readChanged)
                        .covering(LaneFile.class, LaneReader.class, Inbox.class)
                        .weighing(WEIGHT),
                FuzzTarget.of("inbox", List.of(new byte[inboxLength - InboxDescriptor.STATE_OFFSET]), this::pollChanged)
                        .covering(Inbox.class, InboxFile.class, SlotWord.class, LivenessSweep.class)
                        .weighing(WEIGHT),
                FuzzTarget.of("inbox for its senders", List.of(new byte[inboxLength]), this::openChanged)
                        .failingWith(TransportException.class)
                        .covering(InboxFile.class, SlotClaim.class)
                        .weighing(WEIGHT));
    }

    /** An inbox with one sender, in a folder of its own. */
    private final class Pair implements AutoCloseable {
        final List<Throwable> errors = new ArrayList<>();
        final Path folder = shmDir.resolve(Integer.toString(lastNumber.incrementAndGet()));
        final Inbox inbox = Inbox.create(folder, NAME, OPTIONS, errors::add);
        final OutboundLane lane = OutboundLane.open(folder, NAME, "sender");

        Path inboxFile() {
            return Inbox.pathOf(folder, NAME);
        }

        Path laneFile() throws IOException {
            try (Stream<Path> files = Files.list(folder.resolve("lanes"))) {
                return files.findFirst().orElseThrow();
            }
        }

        void offer(final int messages) {
            final List<byte[]> all = WireTargets.messages(RunTaskDecoder.TEMPLATE_ID);
            for (int i = 0; i < messages; i++) {
                final byte[] message = all.get(i % all.size());
                lane.offer(RunTaskDecoder.TEMPLATE_ID, new UnsafeBuffer(message), 0, message.length);
            }
        }

        void poll() {
            for (int i = 0; i < POLLS && (inbox.poll(LaneTargets::check, CAPACITY) > 0 || i == 0); i++) {
                inbox.forEachLane(InboundLane::consumerPosition);
            }
            inbox.park(1);
            checkErrors();
        }

        /** As the successor of a receiver that has died does. */
        void inherit() {
            inbox.suspend();
            Inbox.inherit(folder, NAME, LaneTargets::check, errors::add);
            checkErrors();
        }

        private void checkErrors() {
            for (final Throwable error : errors) {
                if (!(error instanceof TransportException || error instanceof PosixException)) {
                    throw new AssertionError("the error handler was given", error);
                }
            }
        }

        /** What another process has overwritten may keep files from being found; they go with the folder. */
        @Override
        public void close() throws IOException {
            lane.close();
            inbox.close();
            delete(folder);
        }
    }

    /** Nothing but messages that may be decoded are handed over. */
    private static void check(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (offset < 0
                || length > OPTIONS.maxMessageLength()
                || !MessageShapes.isWhole(buffer, offset, length)
                || MessageHeaders.templateId(buffer, offset) != templateId) {
            throw new AssertionError("handed over: template=" + templateId + " length=" + length);
        }
    }

    /** What is behind the header of a lane with so many messages; perhaps with a claim that nobody has finished. */
    private byte[] laneImage(final int messages, final boolean claimed) throws IOException {
        try (Pair pair = new Pair()) {
            pair.offer(messages);
            int claim = 0;
            if (claimed) {
                claim = pair.lane.tryClaim(RunTaskDecoder.TEMPLATE_ID, 64);
            }
            final byte[] image = new byte[LaneDescriptor.fileLength(CAPACITY) - LaneDescriptor.PRODUCER_CLOSED_OFFSET];
            try (MappedFile file = MappedFile.open(pair.laneFile())) {
                file.buffer(LaneDescriptor.PRODUCER_CLOSED_OFFSET, image.length).getBytes(0, image);
            }
            if (claimed) {
                pair.lane.abort(claim);
            }
            return image;
        }
    }

    private void read(final byte[] image, final Consumer<Pair> reader) throws IOException {
        final int from = LaneDescriptor.PRODUCER_CLOSED_OFFSET;
        try (Pair pair = new Pair()) {
            try (MappedFile file = MappedFile.open(pair.laneFile())) {
                final int room = (int) file.sizeBytes() - from;
                file.buffer(from, room).putBytes(0, image, 0, Math.min(room, image.length));
            }
            reader.accept(pair);
        }
    }

    private void readChanged(final byte[] changes) throws IOException {
        try (Pair pair = new Pair()) {
            pair.offer(5);
            change(pair.laneFile(), 0, changes);
            pair.poll();
        }
    }

    private void pollChanged(final byte[] changes) throws IOException {
        try (Pair pair = new Pair()) {
            pair.offer(5);
            change(pair.inboxFile(), InboxDescriptor.STATE_OFFSET, changes);
            pair.poll();
        }
    }

    private void openChanged(final byte[] changes) throws IOException {
        try (Pair pair = new Pair()) {
            change(pair.inboxFile(), 0, changes);
            try (OutboundLane second = OutboundLane.open(pair.folder, NAME, "second")) {
                final byte[] message =
                        WireTargets.messages(RunTaskDecoder.TEMPLATE_ID).get(0);
                final DirectBuffer buffer = new UnsafeBuffer(message);
                second.offer(RunTaskDecoder.TEMPLATE_ID, buffer, 0, message.length);
            }
        }
    }

    /** Flips the bits that are set. */
    private static void change(final Path path, final int from, final byte[] changes) {
        try (MappedFile file = MappedFile.open(path)) {
            final UnsafeBuffer buffer = file.buffer(0, (int) file.sizeBytes());
            for (int i = 0; i < changes.length && from + i < buffer.capacity(); i++) {
                if (changes[i] != 0) {
                    buffer.putByte(from + i, (byte) (buffer.getByte(from + i) ^ changes[i]));
                }
            }
        }
    }
}
