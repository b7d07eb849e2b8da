/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.SharedMemoryFullException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code arena.dat} and its pages. The file is longer than the arena may ever have pages, so that there are always free addresses that lie
 * together (see {@link ArenaExtents}); what has no pages costs nothing. One thread, but for the buffers.
 */
final class ArenaFile implements ArenaPages, PayloadMemory {
    private static final int ADDRESSES_PER_BYTE = 2;
    private static final String PROBE = "probe.dat";

    private static final Logger LOG = LoggerFactory.getLogger(ArenaFile.class);

    private final MappedFile file;
    private final long addressBytes;
    /** Every page is there from the start, and stays. */
    private final boolean complete;

    /** Takes a mapping whose owner stays the caller. */
    ArenaFile(final MappedFile file, final StoreConfig config) {
        this.file = file;
        this.complete = config.hugePages() == HugePages.EXPLICIT;
        this.addressBytes = !complete && canGiveBack(file) ? fileLength(config.arenaBytes()) : config.arenaBytes();
        if (config.hugePages() == HugePages.TRANSPARENT) {
            final String problem = file.adviseHugePages()
                    ? HugePageFiles.transparentProblem(HugePageFiles.SHMEM_ENABLED)
                    : "this kernel does not take the advice";
            if (problem != null) {
                LOG.warn("transparent huge pages for the arena: {}", problem);
            }
        }
    }

    /** Makes and maps the file of an arena. */
    static MappedFile create(final Path path, final StoreConfig config) {
        return config.hugePages() == HugePages.EXPLICIT
                ? HugePageFiles.create(path, config.arenaBytes())
                : MappedFile.createSparse(path, fileLength(config));
    }

    /** Length of the file of an arena. */
    static long fileLength(final StoreConfig config) {
        return config.hugePages() == HugePages.EXPLICIT
                ? HugePageFiles.fileLength(config.arenaBytes())
                : fileLength(config.arenaBytes());
    }

    /** The same, of one that is not on huge pages. */
    static long fileLength(final long arenaBytes) {
        return arenaBytes * ADDRESSES_PER_BYTE;
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
        if (complete) {
            return true;
        }
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
        if (!complete) {
            file.giveBack(offset, length);
        }
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
