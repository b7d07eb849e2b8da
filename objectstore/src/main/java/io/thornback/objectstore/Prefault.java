/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Maps the pages of large objects into this process before they are written, by one system call in place of a fault for each: the first fill of 100 MiB takes half the
 * time. What this client has mapped once stays mapped, so it is done once for each part of the arena. Any thread.
 */
final class Prefault {
    /** Below, faults cost less than it is worth. */
    static final long LEAST_BYTES = 1 << 20;

    private static final int CHUNK_SHIFT = 20;

    private final MappedFile arena;
    /** One bit for each chunk: mapped, by this client's last call or before. Two threads may both find it missing: then it is done twice. */
    private final AtomicLongArray mapped;

    private volatile boolean supported = true;

    Prefault(final MappedFile arena) {
        this.arena = arena;
        final long chunks = (arena.sizeBytes() >> CHUNK_SHIFT) + 1;
        this.mapped = new AtomicLongArray((int) Math.min(Integer.MAX_VALUE >> 3, (chunks >> 6) + 1));
    }

    /** Bytes at an address of the arena are about to be written. */
    void willWrite(final long address, final long length) {
        if (length < LEAST_BYTES || !supported) {
            return;
        }
        final long offset = address - arena.address();
        // Only chunks that are wholly inside: what is beside them may have no pages.
        final long end = (offset + length) >> CHUNK_SHIFT;
        long from = -1;
        for (long chunk = (offset + (1 << CHUNK_SHIFT) - 1) >> CHUNK_SHIFT; chunk <= end; chunk++) {
            final boolean missing = chunk < end && isMissing(chunk);
            if (missing && from < 0) {
                from = chunk;
            } else if (!missing && from >= 0) {
                supported &= arena.populate(from << CHUNK_SHIFT, (chunk - from) << CHUNK_SHIFT);
                from = -1;
            }
        }
    }

    /** Marks it too. */
    private boolean isMissing(final long chunk) {
        final int word = (int) (chunk >> 6);
        final long bit = 1L << chunk;
        return word < mapped.length() && (mapped.getAndUpdate(word, bits -> bits | bit) & bit) == 0;
    }
}
