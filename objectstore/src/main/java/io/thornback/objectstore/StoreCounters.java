/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.nio.file.Path;
import org.agrona.UnsafeApi;

/**
 * What a store holds, as it publishes it in {@code store.dat}. Each value was exact at some instant, not all at the same; they can be read while
 * the store is down. Immutable.
 */
public final class StoreCounters {
    private final long capacityBytes;
    private final long usedBytes;
    private final long leasedBytes;
    private final long reservedBytes;
    private final long objects;
    private final long clients;
    private final long sealedTotal;
    private final long deletedTotal;
    private final long rejectedTotal;
    private final long badMessages;
    private final long doomed;
    private final long spilled;
    private final long spilledBytes;
    private final long restoredTotal;
    private final long evictedTotal;
    private final long lostTotal;
    private final long spillErrors;
    private final long waitingCreates;
    private final long catalogued;
    private final long uncatalogued;
    private final long restarts;

    private StoreCounters(final long storeAddress) {
        capacityBytes = at(storeAddress, StoreDescriptor.ARENA_BYTES_OFFSET);
        usedBytes = at(storeAddress, StoreDescriptor.USED_BYTES_OFFSET);
        leasedBytes = at(storeAddress, StoreDescriptor.LEASED_BYTES_OFFSET);
        reservedBytes = at(storeAddress, StoreDescriptor.RESERVED_BYTES_OFFSET);
        objects = at(storeAddress, StoreDescriptor.OBJECTS_OFFSET);
        clients = at(storeAddress, StoreDescriptor.ADMITTED_OFFSET);
        sealedTotal = at(storeAddress, StoreDescriptor.SEALED_OFFSET);
        deletedTotal = at(storeAddress, StoreDescriptor.DELETED_OFFSET);
        rejectedTotal = at(storeAddress, StoreDescriptor.REJECTED_OFFSET);
        badMessages = at(storeAddress, StoreDescriptor.BAD_MESSAGES_OFFSET);
        doomed = at(storeAddress, StoreDescriptor.DOOMED_OFFSET);
        spilled = at(storeAddress, StoreDescriptor.SPILLED_OFFSET);
        spilledBytes = at(storeAddress, StoreDescriptor.SPILLED_BYTES_OFFSET);
        restoredTotal = at(storeAddress, StoreDescriptor.RESTORED_OFFSET);
        evictedTotal = at(storeAddress, StoreDescriptor.EVICTED_OFFSET);
        lostTotal = at(storeAddress, StoreDescriptor.LOST_OFFSET);
        spillErrors = at(storeAddress, StoreDescriptor.SPILL_ERRORS_OFFSET);
        waitingCreates = at(storeAddress, StoreDescriptor.WAITING_OFFSET);
        catalogued = at(storeAddress, StoreDescriptor.CATALOGUED_OFFSET);
        uncatalogued = at(storeAddress, StoreDescriptor.UNCATALOGUED_OFFSET);
        restarts = at(storeAddress, StoreDescriptor.RESTARTS_OFFSET);
    }

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
        return new StoreCounters(storeAddress);
    }

    private static long at(final long storeAddress, final int offset) {
        return UnsafeApi.getLongAcquire(null, storeAddress + offset);
    }

    /** Bytes of the arena. */
    public long capacityBytes() {
        return capacityBytes;
    }

    /** Memory of sealed objects, deleted ones that are still read included. */
    public long usedBytes() {
        return usedBytes;
    }

    /** Memory handed to clients and not sealed. */
    public long leasedBytes() {
        return leasedBytes;
    }

    /** Bytes of the arena that have pages. */
    public long reservedBytes() {
        return reservedBytes;
    }

    /** Objects in memory: sealed and not deleted. */
    public long objects() {
        return objects;
    }

    /** Clients admitted now. */
    public long clients() {
        return clients;
    }

    /** Objects sealed since the store started. */
    public long sealedTotal() {
        return sealedTotal;
    }

    /** Objects deleted since the store started. */
    public long deletedTotal() {
        return deletedTotal;
    }

    /** Seals that lost against another object of their id. */
    public long rejectedTotal() {
        return rejectedTotal;
    }

    /** Messages refused as malformed or not allowed. */
    public long badMessages() {
        return badMessages;
    }

    /** Deleted objects that are still read. */
    public long doomed() {
        return doomed;
    }

    /** Objects that have a copy on disk. */
    public long spilled() {
        return spilled;
    }

    /** Payload of the copies on disk. */
    public long spilledBytes() {
        return spilledBytes;
    }

    /** Objects read back from disk since the store started. */
    public long restoredTotal() {
        return restoredTotal;
    }

    /** Objects evicted from memory since the store started. */
    public long evictedTotal() {
        return evictedTotal;
    }

    /** Objects that could not be kept or read back. */
    public long lostTotal() {
        return lostTotal;
    }

    /** Writes and reads of the spill directories that failed. */
    public long spillErrors() {
        return spillErrors;
    }

    /** Creates that wait for memory now. */
    public long waitingCreates() {
        return waitingCreates;
    }

    /** Entries of the catalog. */
    public long catalogued() {
        return catalogued;
    }

    /** Objects for which the catalog had no room. */
    public long uncatalogued() {
        return uncatalogued;
    }

    /** Stores that took the files over from a dead one. */
    public long restarts() {
        return restarts;
    }

    @Override
    public String toString() {
        return "objects=" + objects + " capacityBytes=" + capacityBytes + " usedBytes=" + usedBytes + " leasedBytes="
                + leasedBytes + " reservedBytes=" + reservedBytes + " clients=" + clients + " sealedTotal="
                + sealedTotal
                + " deletedTotal=" + deletedTotal + " rejectedTotal=" + rejectedTotal + " badMessages=" + badMessages
                + " doomed=" + doomed + " spilled=" + spilled + " evictedTotal=" + evictedTotal + " lostTotal="
                + lostTotal + " waitingCreates=" + waitingCreates + " restarts=" + restarts;
    }
}
