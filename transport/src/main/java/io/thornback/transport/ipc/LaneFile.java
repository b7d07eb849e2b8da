/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.LaneDescriptor.CAPACITY_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.CONSUMED_TO_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.CONSUMER_CLOSED_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.CONSUMER_PID_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.CONSUMER_START_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.GENERATION_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.INCARNATION_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.MAGIC;
import static io.thornback.transport.ipc.LaneDescriptor.MAGIC_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.MAX_NAME_LENGTH;
import static io.thornback.transport.ipc.LaneDescriptor.NAME_LENGTH_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.NAME_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.PRODUCER_CLOSED_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.PRODUCER_PID_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.PRODUCER_START_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.RING_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.SCHEMA_VERSION_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.SEALED_TAIL_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.SLOT_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.VERSION_OFFSET;
import static io.thornback.transport.ipc.LaneDescriptor.fileLength;
import static io.thornback.transport.ipc.LaneDescriptor.ringLength;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.WireVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** A mapped lane file: flyweight over {@link LaneDescriptor} for both sides. Not closed concurrently with use. */
final class LaneFile implements AutoCloseable {
    private final MappedFile file;
    private final UnsafeBuffer header;
    private final int capacity;
    final Path path;
    final ProcessIdentity producer;
    final String producerName;
    final long key;

    private LaneFile(MappedFile file, Path path, int capacity, ProcessIdentity producer, byte[] producerName) {
        this.file = file;
        this.path = path;
        this.capacity = capacity;
        this.header = file.buffer(0, RING_OFFSET);
        this.producer = producer;
        this.producerName = new String(producerName, StandardCharsets.UTF_8);
        this.key = ((long) header.getInt(INCARNATION_OFFSET) << 32)
                | ((long) header.getInt(SLOT_OFFSET) << Short.SIZE)
                | (header.getInt(GENERATION_OFFSET) & 0xFFFF);
    }

    /** File of a lane. The incarnation keeps lanes of a replaced inbox apart from those of its successor. */
    static Path pathOf(Path shmDir, String inboxName, int incarnation, int slot, int generation) {
        return shmDir.resolve("lanes")
                .resolve(String.format("%s-%08x-%d-%d.lane", inboxName, incarnation, slot, generation));
    }

    /** Makes a lane for one slot of an inbox, all pages reserved. The slot becomes READY after this. */
    static LaneFile create(
            Path path, InboxFile inbox, int slot, int generation, ProcessIdentity producer, byte[] producerName) {
        MappedFile file = MappedFile.create(path, fileLength(inbox.laneCapacity));
        UnsafeBuffer header = file.buffer(0, RING_OFFSET);
        header.putInt(MAGIC_OFFSET, MAGIC);
        header.putInt(SCHEMA_VERSION_OFFSET, WireVersion.SCHEMA);
        header.putInt(CAPACITY_OFFSET, inbox.laneCapacity);
        header.putLong(PRODUCER_PID_OFFSET, producer.pid());
        header.putLong(PRODUCER_START_OFFSET, producer.startTicks());
        header.putLong(CONSUMER_PID_OFFSET, inbox.owner.pid());
        header.putLong(CONSUMER_START_OFFSET, inbox.owner.startTicks());
        header.putInt(INCARNATION_OFFSET, inbox.incarnation);
        header.putInt(SLOT_OFFSET, slot);
        header.putInt(GENERATION_OFFSET, generation);
        header.putInt(NAME_LENGTH_OFFSET, producerName.length);
        header.putBytes(NAME_OFFSET, producerName);
        header.putIntRelease(VERSION_OFFSET, WireVersion.LAYOUT);
        return new LaneFile(file, path, inbox.laneCapacity, producer, producerName);
    }

    /**
     * Maps the lane of a READY slot and checks every field against the slot and the inbox.
     *
     * @param word the slot's word as it was when it said READY
     * @throws PeerVersionException if the producer is of another version
     * @throws CorruptLaneException if a field is not what it must be
     */
    static LaneFile attach(Path shmDir, InboxFile inbox, int slot, long word) {
        Path path = pathOf(shmDir, inbox.name, inbox.incarnation, slot, SlotWord.generation(word));
        String where = "lane file " + path + " of producer pid=" + SlotWord.pid(word);
        MappedFile file = MappedFile.open(path);
        try {
            check(file, where, inbox, slot, word);
            UnsafeBuffer header = file.buffer(0, RING_OFFSET);
            byte[] name = new byte[checkedNameLength(where, header)];
            header.getBytes(NAME_OFFSET, name);
            ProcessIdentity producer = new ProcessIdentity(SlotWord.pid(word), inbox.producerStart(slot));
            if (!SlotWord.isClaimant(word, producer)) {
                throw new CorruptLaneException(
                        where, "producerStart=" + producer.startTicks() + " did not claim the slot");
            }
            return new LaneFile(file, path, inbox.laneCapacity, producer, name);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void check(MappedFile file, String where, InboxFile inbox, int slot, long word) {
        expect(where, "sizeBytes", file.sizeBytes(), fileLength(inbox.laneCapacity));
        UnsafeBuffer header = file.buffer(0, RING_OFFSET);
        int layout = header.getIntVolatile(VERSION_OFFSET); // pairs with the release in create
        expect(where, "magic", header.getInt(MAGIC_OFFSET), MAGIC);
        if (layout != WireVersion.LAYOUT) {
            throw new PeerVersionException(where, "layout", WireVersion.LAYOUT, layout);
        }
        if (header.getInt(SCHEMA_VERSION_OFFSET) != WireVersion.SCHEMA) {
            throw new PeerVersionException(where, "schema", WireVersion.SCHEMA, header.getInt(SCHEMA_VERSION_OFFSET));
        }
        expect(where, "capacity", header.getInt(CAPACITY_OFFSET), inbox.laneCapacity);
        expect(where, "producerPid", header.getLong(PRODUCER_PID_OFFSET), SlotWord.pid(word));
        expect(where, "producerStart", header.getLong(PRODUCER_START_OFFSET), inbox.producerStart(slot));
        expect(where, "consumerPid", header.getLong(CONSUMER_PID_OFFSET), inbox.owner.pid());
        expect(where, "consumerStart", header.getLong(CONSUMER_START_OFFSET), inbox.owner.startTicks());
        expect(where, "incarnation", header.getInt(INCARNATION_OFFSET), inbox.incarnation);
        expect(where, "slot", header.getInt(SLOT_OFFSET), slot);
        expect(where, "generation", header.getInt(GENERATION_OFFSET), SlotWord.generation(word));
    }

    private static int checkedNameLength(String where, UnsafeBuffer header) {
        int nameLength = header.getInt(NAME_LENGTH_OFFSET);
        if (nameLength < 0 || nameLength > MAX_NAME_LENGTH) {
            throw new CorruptLaneException(where, "nameLength=" + nameLength + " exceeds " + MAX_NAME_LENGTH);
        }
        return nameLength;
    }

    private static void expect(String where, String field, long found, long expected) {
        if (found != expected) {
            throw new CorruptLaneException(where, field + "=" + found + ", expected " + expected);
        }
    }

    /** The ring with its trailer. */
    UnsafeBuffer ring() {
        return file.buffer(RING_OFFSET, ringLength(capacity));
    }

    boolean isProducerClosed() {
        return header.getIntVolatile(PRODUCER_CLOSED_OFFSET) != 0;
    }

    void producerClosedRelease() {
        header.putIntRelease(PRODUCER_CLOSED_OFFSET, 1);
    }

    boolean isConsumerClosed() {
        return header.getIntVolatile(CONSUMER_CLOSED_OFFSET) != 0;
    }

    void consumerClosedRelease() {
        header.putIntRelease(CONSUMER_CLOSED_OFFSET, 1);
    }

    long consumedTo() {
        return header.getLongVolatile(CONSUMED_TO_OFFSET);
    }

    void consumedToRelease(long position) {
        header.putLongRelease(CONSUMED_TO_OFFSET, position);
    }

    /** Where an heir stops reading, or -1 if the lane is not sealed. */
    long sealedTail() {
        return header.getLongVolatile(SEALED_TAIL_OFFSET) - 1;
    }

    void sealedTailRelease(long position) {
        header.putLongRelease(SEALED_TAIL_OFFSET, position + 1);
    }

    @Override
    public void close() {
        file.close();
    }
}
