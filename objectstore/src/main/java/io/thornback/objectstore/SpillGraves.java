/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.SharedMemoryFullException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.agrona.UnsafeApi;

/**
 * Deletions of spilled objects that the disk has not heard of yet, in {@code graves.dat}. An object that was deleted must not come back because the store was killed before
 * its record could be marked; and the agent must not wait for a disk. So the place of each is noted here, in shared memory, before the
 * message that deleted it counts as read, and the notes go when the disk has them all.
 *
 * <pre>
 * offset length type   field       writer  order    meaning
 *      0      8 i64    count       store   release  places that follow
 * </pre>
 *
 * <p>Places, 8 bytes each as of {@code SpillDescriptor.place}, begin at {@link #PLACES_OFFSET}. If the store dies before the count is raised, the message is read again; if it
 * dies after the disk was told and before the count is 0, a deletion is repeated, and does nothing. One thread, the agent.
 */
final class SpillGraves implements AutoCloseable {
    static final String NAME = "graves.dat";
    static final int COUNT_OFFSET = 0;
    static final int COUNT_LENGTH = 8;
    static final int PLACES_OFFSET = 64;

    private static final long MOST = 1L << 22;
    private static final long FILE_BYTES = PLACES_OFFSET + MOST * Long.BYTES;
    private static final long STEP_BYTES = 64 << 10;

    private final MappedFile file;
    private long reservedBytes;
    private long count;

    private SpillGraves(final MappedFile file) {
        this.file = file;
    }

    /** Opens what an earlier store left, or makes a new one. */
    static SpillGraves open(final Path directory) {
        final Path path = directory.resolve(NAME);
        if (Files.exists(path)) {
            final SpillGraves graves = new SpillGraves(MappedFile.open(path, FILE_BYTES));
            graves.count =
                    Math.min(MOST, Math.max(0, UnsafeApi.getLongAcquire(null, graves.file.address() + COUNT_OFFSET)));
            graves.reserve(PLACES_OFFSET + graves.count * Long.BYTES);
            return graves;
        }
        return new SpillGraves(MappedFile.createSparse(path, FILE_BYTES));
    }

    /** False if there is no room: the disk must be told first. */
    boolean add(final long place) {
        final long at = PLACES_OFFSET + count * Long.BYTES;
        if (count == MOST || !reserve(at + Long.BYTES)) {
            return false;
        }
        UnsafeApi.putLong(file.address() + at, place);
        count++;
        // Release: a store that reads the count sees the places.
        UnsafeApi.putLongRelease(null, file.address() + COUNT_OFFSET, count);
        return true;
    }

    /** The disk has them all. */
    void clear() {
        if (count > 0) {
            count = 0;
            UnsafeApi.putLongRelease(null, file.address() + COUNT_OFFSET, 0);
        }
    }

    long count() {
        return count;
    }

    void forEach(final LongConsumer action) {
        for (long i = 0; i < count; i++) {
            action.accept(UnsafeApi.getLong(file.address() + PLACES_OFFSET + i * Long.BYTES));
        }
    }

    @Override
    public void close() {
        file.close();
    }

    private boolean reserve(final long endOffset) {
        if (endOffset <= reservedBytes) {
            return true;
        }
        try {
            final long end = Math.min(FILE_BYTES, Math.max(endOffset, reservedBytes + STEP_BYTES));
            file.reserve(reservedBytes, end - reservedBytes);
            reservedBytes = end;
            return true;
        } catch (final SharedMemoryFullException e) {
            return false; // expected: the caller tells the disk at once
        }
    }
}
