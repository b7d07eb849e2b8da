/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * An object, or one being written, that has memory in the store, as somebody outside sees it.
 *
 * @param id the object's id; of one that is leased or being written, null
 * @param state LEASED, WRITING, SEALED, EVICTING or DOOMED
 * @param sizeBytes bytes of data; 0 before it is sealed
 * @param metadataBytes bytes beside the data
 * @param memoryBytes what it takes in the arena
 * @param clientId who made it; that client may have gone
 * @param jobId whose object it is, or who has the lease
 * @param pins buffers that are open on it, in all processes
 * @param isCopy a secondary copy, which may be evicted
 * @param cell its descriptor
 */
public record MemoryObject(
        ObjectId id,
        String state,
        long sizeBytes,
        int metadataBytes,
        long memoryBytes,
        int clientId,
        int jobId,
        int pins,
        boolean isCopy,
        int cell) {

    private static final Comparator<MemoryObject> LARGEST_FIRST = Comparator.comparingLong(MemoryObject::memoryBytes)
            .thenComparingLong(MemoryObject::sizeBytes)
            .reversed()
            .thenComparingInt(MemoryObject::cell);

    /**
     * The largest objects of a store that are wanted, the largest first; read from outside, as {@link StoreReport} is.
     *
     * @param shmDir the node's folder in shared memory
     * @param wanted which
     * @param limit most that are returned
     * @throws StoreVersionException if the store is of another release
     * @throws StoreUnavailableException if it is not ready
     * @throws io.thornback.posix.PosixException if there is no store in the folder
     */
    public static List<MemoryObject> list(final Path shmDir, final Predicate<MemoryObject> wanted, final int limit) {
        try (StoreObserver observer = new StoreObserver(shmDir)) {
            final Largest largest = new Largest(limit);
            observer.forEachCell(object -> {
                if (wanted.test(object)) {
                    largest.offer(object);
                }
            });
            return largest.toList();
        }
    }

    /** Keeps the largest so many of what it is offered. */
    static final class Largest {
        private final PriorityQueue<MemoryObject> smallestFirst = new PriorityQueue<>(LARGEST_FIRST.reversed());
        private final int limit;

        Largest(final int limit) {
            this.limit = limit;
        }

        void offer(final MemoryObject object) {
            smallestFirst.add(object);
            if (smallestFirst.size() > limit) {
                smallestFirst.poll();
            }
        }

        List<MemoryObject> toList() {
            final List<MemoryObject> list = new ArrayList<>(smallestFirst);
            list.sort(LARGEST_FIRST);
            return list;
        }
    }
}
