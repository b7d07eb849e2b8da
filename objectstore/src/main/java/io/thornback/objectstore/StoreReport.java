/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import java.util.List;

/**
 * Who holds what in a store, read from its shared memory by somebody outside: no message is sent, the store may be busy, stopped or dead.
 * The store works on meanwhile, so the parts are of slightly different instants and sums may differ by what moved in between.
 *
 * @param counters as the store publishes them
 * @param epoch of the store that has, or had, the files
 * @param owner its process
 * @param isOwnerAlive whether that process lives
 * @param states bytes and cells by state, in the order of the states, FREE left out
 * @param jobs by job, the largest first
 * @param clients admitted ones, the largest first
 * @param top the largest objects, the largest first
 * @param fragmentation of the arena
 */
public record StoreReport(
        StoreCounters counters,
        long epoch,
        ProcessIdentity owner,
        boolean isOwnerAlive,
        List<StateUse> states,
        List<JobUse> jobs,
        List<ClientUse> clients,
        List<MemoryObject> top,
        Fragmentation fragmentation) {

    /**
     * Cells in one state.
     *
     * @param state LEASED, WRITING, SEALED, EVICTING or DOOMED
     * @param cells how many
     * @param bytes their memory
     */
    public record StateUse(String state, long cells, long bytes) {}

    /**
     * What the objects of one job take in memory.
     *
     * @param jobId the job
     * @param objects sealed ones
     * @param sealedBytes their memory
     * @param unsealedBytes leased to its clients or being written
     * @param pinned objects that somebody reads now
     */
    public record JobUse(int jobId, long objects, long sealedBytes, long unsealedBytes, long pinned) {
        long bytes() {
            return sealedBytes + unsealedBytes;
        }
    }

    /**
     * What one client has made, and what it reads.
     *
     * @param clientId its number
     * @param jobId on whose behalf
     * @param process whose it is
     * @param isAlive whether that process lives
     * @param inbox name of its inbox
     * @param objects sealed ones that it made
     * @param sealedBytes their memory
     * @param unsealedBytes leased to it or being written
     * @param pins buffers that it has open
     */
    public record ClientUse(
            int clientId,
            int jobId,
            ProcessIdentity process,
            boolean isAlive,
            String inbox,
            long objects,
            long sealedBytes,
            long unsealedBytes,
            long pins) {
        long bytes() {
            return sealedBytes + unsealedBytes;
        }
    }

    /**
     * How much of what is free is of use for large objects.
     *
     * @param freeBytes in no cell that is in use, free cells of slabs included
     * @param largestFreeBytes the largest object that would fit at once
     * @param freeExtents pieces that the free addresses outside of slabs are in
     * @param slabFreeBytes free cells and ends of slabs
     * @param wastedBytes in used cells, beyond what their objects need
     */
    public record Fragmentation(
            long freeBytes, long largestFreeBytes, long freeExtents, long slabFreeBytes, long wastedBytes) {}

    /** Copies the lists. */
    public StoreReport {
        states = List.copyOf(states);
        jobs = List.copyOf(jobs);
        clients = List.copyOf(clients);
        top = List.copyOf(top);
    }

    /**
     * Reads a store.
     *
     * @param shmDir the node's folder in shared memory
     * @param top how many of the largest objects to name
     * @throws StoreVersionException if the store is of another release
     * @throws StoreUnavailableException if it is not ready
     * @throws io.thornback.posix.PosixException if there is no store in the folder
     */
    public static StoreReport read(final Path shmDir, final int top) {
        try (StoreObserver observer = new StoreObserver(shmDir)) {
            return new ReportBuilder(observer, top).build();
        }
    }
}
