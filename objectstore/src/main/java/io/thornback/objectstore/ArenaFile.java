/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.SharedMemoryFullException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * {@code arena.dat} and its pages. The file is longer than the arena may ever have pages, so that there are always free addresses that lie
 * together (see {@link ArenaExtents}); what has no pages costs nothing. One thread, but for the buffers.
 */
final class ArenaFile implements ArenaPages, PayloadMemory {
    private static final int ADDRESSES_PER_BYTE = 2;
    private static final String PROBE = "probe.dat";

    private final MappedFile file;
    private final long addressBytes;

    /** Takes a mapping whose owner stays the caller. */
    ArenaFile(final MappedFile file, final long arenaBytes) {
        this.file = file;
        this.addressBytes = canGiveBack(file) ? file.sizeBytes() - SizeClasses.PAGE_BYTES : arenaBytes;
    }

    /** Length of the file of an arena: with one page more than there are addresses. */
    static long fileLength(final long arenaBytes) {
        return arenaBytes * ADDRESSES_PER_BYTE + SizeClasses.PAGE_BYTES;
    }

    /** Addresses that may be used: the arena's own length where the file system cannot take pages back. */
    long addressBytes() {
        return addressBytes;
    }

    /** Any thread. */
    @Override
    public ByteBuffer at(final long offset, final int length) {
        return file.byteBuffer(offset, length);
    }

    @Override
    public boolean reserve(final long offset, final long length) {
        try {
            file.reserve(offset, length);
            return true;
        } catch (final SharedMemoryFullException e) {
            // Expected: it means "store full", and is told to whoever waits for memory, in StoreFullException.
            return false;
        }
    }

    @Override
    public void giveBack(final long offset, final long length) {
        file.giveBack(offset, length);
    }

    /** Tried on a file of its own beside it: after a restart every page of this one may hold an object. */
    private static boolean canGiveBack(final MappedFile file) {
        final Path path = file.path().resolveSibling(PROBE);
        try (MappedFile probe = MappedFile.createSparse(path, SizeClasses.PAGE_BYTES)) {
            probe.giveBack(0, SizeClasses.PAGE_BYTES);
            return true;
        } catch (final PosixException e) {
            // EOPNOTSUPP: a file system without holes, or with larger pages.
            return false;
        } finally {
            StoreFiles.delete(path);
        }
    }
}
