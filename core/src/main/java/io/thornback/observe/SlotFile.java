/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** The writing side of a file of slots. Any thread of the owner may write a slot; see {@link SlotFileDescriptor} for how. */
final class SlotFile implements AutoCloseable {
    /** What {@link #begin} gives when the slot cannot be written now. */
    static final int IN_USE = -1;

    private final MappedFile file;
    private final UnsafeBuffer buffer;
    private final int slotLength;
    private final int capacity;

    private SlotFile(final MappedFile file, final int slotLength, final int capacity) {
        this.file = file;
        this.buffer = file.buffer(0, (int) file.sizeBytes());
        this.slotLength = slotLength;
        this.capacity = capacity;
    }

    /**
     * Makes the file, with all its pages.
     *
     * @throws io.thornback.posix.PosixException if it exists, or the file system is full.
     */
    static SlotFile create(final Path path, final int kind, final int slotLength, final int capacity) {
        final ProcessIdentity owner = ProcessIdentity.current();
        final SlotFile made = new SlotFile(
                MappedFile.create(ObserveFiles.make(path), SlotFileDescriptor.fileLength(slotLength, capacity)),
                slotLength,
                capacity);
        final UnsafeBuffer head = made.buffer;
        head.putInt(SlotFileDescriptor.MAGIC_OFFSET, SlotFileDescriptor.MAGIC);
        head.putInt(SlotFileDescriptor.KIND_OFFSET, kind);
        head.putInt(SlotFileDescriptor.SLOT_LENGTH_OFFSET, slotLength);
        head.putInt(SlotFileDescriptor.CAPACITY_OFFSET, capacity);
        head.putLong(SlotFileDescriptor.OWNER_PID_OFFSET, owner.pid());
        head.putLong(SlotFileDescriptor.OWNER_START_OFFSET, owner.startTicks());
        head.putLong(SlotFileDescriptor.CREATED_MS_OFFSET, System.currentTimeMillis());
        head.putLong(SlotFileDescriptor.CREATED_NS_OFFSET, System.nanoTime());
        // Partner: the acquire in SlotReader.open. Whoever sees the version sees the head.
        head.putIntRelease(SlotFileDescriptor.VERSION_OFFSET, SlotFileDescriptor.VERSION);
        return made;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    int capacity() {
        return capacity;
    }

    /** The position of the next event, which is nobody else's. */
    long nextPosition() {
        return buffer.getAndAddLong(SlotFileDescriptor.NEXT_OFFSET, 1);
    }

    /** Something could not be written. */
    void countLost() {
        buffer.getAndAddLong(SlotFileDescriptor.LOST_OFFSET, 1);
    }

    /**
     * Begins to write a slot; {@link #end} must follow.
     *
     * @return its offset in the buffer, or {@link #IN_USE}.
     */
    int begin(final int slot) {
        final int offset = SlotFileDescriptor.SLOTS_OFFSET + slot * slotLength;
        final long sequence = buffer.getLongAcquire(offset);
        // The CAS is a full fence: no field is stored before the sequence is odd. Partner: the two loads in
        // SlotReader.read.
        return (sequence & 1) != 0 || !buffer.compareAndSetLong(offset, sequence, sequence + 1) ? IN_USE : offset;
    }

    /** The slot is whole. */
    void end(final int offset) {
        buffer.putLongRelease(offset, buffer.getLong(offset) + 1);
    }

    @Override
    public void close() {
        file.close();
    }
}
