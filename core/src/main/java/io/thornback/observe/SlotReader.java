/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The reading side of a file of slots, in another process as a rule; the owner may be stuck or dead. Not thread-safe. */
final class SlotReader implements AutoCloseable {
    private static final int MAX_SLOT_LENGTH = 4096;
    private static final int TRIES = 16;

    private final MappedFile file;
    private final UnsafeBuffer buffer;
    private final int slotLength;
    private final int capacity;
    private final UnsafeBuffer copy;

    private SlotReader(final MappedFile file, final UnsafeBuffer buffer) {
        this.file = file;
        this.buffer = buffer;
        this.slotLength = buffer.getInt(SlotFileDescriptor.SLOT_LENGTH_OFFSET);
        this.capacity = buffer.getInt(SlotFileDescriptor.CAPACITY_OFFSET);
        this.copy = new UnsafeBuffer(new byte[slotLength]);
    }

    /**
     * Maps a file and checks its head.
     *
     * @return empty if there is no such file, or its process has only begun to make it.
     * @throws ObserveException if it is of another release, or damaged.
     */
    static Optional<SlotReader> open(final Path path, final int kind, final int slotLength) {
        final MappedFile file;
        try {
            file = MappedFile.openReadOnly(path, SlotFileDescriptor.SLOTS_OFFSET);
        } catch (final PosixException e) {
            if (Files.notExists(path)) {
                return Optional.empty();
            }
            throw new ObserveException(path + " cannot be read: " + e.getMessage(), e);
        }
        try {
            final UnsafeBuffer buffer = file.buffer(0, (int) Math.min(file.sizeBytes(), Integer.MAX_VALUE));
            // Partner: the release in SlotFile.create.
            if (buffer.getIntAcquire(SlotFileDescriptor.VERSION_OFFSET) == 0) {
                file.close();
                return Optional.empty();
            }
            check(path, buffer, kind, slotLength);
            return Optional.of(new SlotReader(file, buffer));
        } catch (final RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void check(
            final Path path, final UnsafeBuffer head, final int wantedKind, final int wantedSlotLength) {
        final int version = head.getInt(SlotFileDescriptor.VERSION_OFFSET);
        if (version != SlotFileDescriptor.VERSION
                || head.getInt(SlotFileDescriptor.MAGIC_OFFSET) != SlotFileDescriptor.MAGIC) {
            throw new ObserveException(path + " has version=" + version + ", this program reads "
                    + SlotFileDescriptor.VERSION + "; use the Thornback that the node was started with");
        }
        final int kind = head.getInt(SlotFileDescriptor.KIND_OFFSET);
        final int slotLength = head.getInt(SlotFileDescriptor.SLOT_LENGTH_OFFSET);
        final int capacity = head.getInt(SlotFileDescriptor.CAPACITY_OFFSET);
        if (kind != wantedKind
                || slotLength != wantedSlotLength
                || slotLength > MAX_SLOT_LENGTH
                || capacity < 1
                || SlotFileDescriptor.fileLength(slotLength, capacity) > head.capacity()) {
            throw new ObserveException(path + " is damaged: kind=" + kind + " slotLength=" + slotLength + " capacity="
                    + capacity + " fileLength=" + head.capacity());
        }
    }

    /** Shows every slot that was ever written and is whole, in no order; the view is good until the next. */
    void forEach(final Consumer<DirectBuffer> visitor) {
        for (int slot = 0; slot < capacity; slot++) {
            if (read(slot)) {
                visitor.accept(copy);
            }
        }
    }

    private boolean read(final int slot) {
        final int offset = SlotFileDescriptor.SLOTS_OFFSET + slot * slotLength;
        for (int i = 0; i < TRIES; i++) {
            final long before = buffer.getLongAcquire(offset);
            if (before == 0) {
                return false;
            }
            if ((before & 1) == 0) {
                buffer.getBytes(offset, copy, 0, slotLength);
                // The copy's loads stay before the second load of the sequence. Partner: SlotFile.begin and end.
                VarHandle.acquireFence();
                if (buffer.getLong(offset) == before) {
                    return true;
                }
            }
            Thread.onSpinWait();
        }
        return false; // its writer is in the middle of it, for good if it is dead
    }

    /** Whose file it is. */
    ProcessIdentity owner() {
        return new ProcessIdentity(
                buffer.getLong(SlotFileDescriptor.OWNER_PID_OFFSET),
                buffer.getLong(SlotFileDescriptor.OWNER_START_OFFSET));
    }

    @Override
    public void close() {
        file.close();
    }
}
