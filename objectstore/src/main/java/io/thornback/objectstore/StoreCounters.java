/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.nio.file.Path;
import org.agrona.UnsafeApi;

/**
 * What a store holds, as it publishes it in {@code store.dat}. Each value is exact at some instant, not all at the same.
 *
 * @param capacityBytes the arena
 * @param usedBytes memory of sealed objects, deleted ones that are still read included
 * @param leasedBytes memory handed to clients and not sealed
 * @param reservedBytes of the arena that have pages
 * @param objects sealed and not deleted
 * @param clients admitted now
 * @param sealedTotal objects sealed since the store started
 * @param deletedTotal objects deleted since the store started
 * @param rejectedTotal seals that lost against another object of their id
 * @param badMessages messages refused as malformed or not allowed
 * @param doomed deleted objects that are still read
 */
public record StoreCounters(
        long capacityBytes,
        long usedBytes,
        long leasedBytes,
        long reservedBytes,
        long objects,
        long clients,
        long sealedTotal,
        long deletedTotal,
        long rejectedTotal,
        long badMessages,
        long doomed) {

    /**
     * Reads the counters of a store from outside, without being its client; maps and unmaps the file.
     *
     * @param shmDir the node's folder in shared memory
     * @throws StoreVersionException if the store is of another release
     * @throws StoreUnavailableException if it is not ready
     */
    public static StoreCounters read(final Path shmDir) {
        final Path path = shmDir.resolve(StoreFiles.DIRECTORY).resolve(StoreFiles.STORE);
        try (MappedFile file = MappedFile.openReadOnly(path, StoreDescriptor.CLIENTS_OFFSET)) {
            ClientFiles.checkHead(file, StoreDescriptor.MAGIC, StoreDescriptor.CLIENTS_OFFSET);
            return read(file.address());
        }
    }

    static StoreCounters read(final long storeAddress) {
        return new StoreCounters(
                at(storeAddress, StoreDescriptor.ARENA_BYTES_OFFSET),
                at(storeAddress, StoreDescriptor.USED_BYTES_OFFSET),
                at(storeAddress, StoreDescriptor.LEASED_BYTES_OFFSET),
                at(storeAddress, StoreDescriptor.RESERVED_BYTES_OFFSET),
                at(storeAddress, StoreDescriptor.OBJECTS_OFFSET),
                at(storeAddress, StoreDescriptor.ADMITTED_OFFSET),
                at(storeAddress, StoreDescriptor.SEALED_OFFSET),
                at(storeAddress, StoreDescriptor.DELETED_OFFSET),
                at(storeAddress, StoreDescriptor.REJECTED_OFFSET),
                at(storeAddress, StoreDescriptor.BAD_MESSAGES_OFFSET),
                at(storeAddress, StoreDescriptor.DOOMED_OFFSET));
    }

    private static long at(final long storeAddress, final int offset) {
        return UnsafeApi.getLongAcquire(null, storeAddress + offset);
    }
}
