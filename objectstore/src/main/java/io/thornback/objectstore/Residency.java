/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.agrona.concurrent.NanoClock;

/**
 * Which objects stay in memory and which may leave it. A copy that nobody holds may be evicted; every other object only when the disk has it too. One
 * thread, the agent.
 */
final class Residency {
    /** Below, nothing will have to go soon, and nobody needs to know what was read. */
    private static final int SAMPLE_ABOVE_PERCENT = 50;

    private final CellTable cells;
    private final ObjectIndexWriter index;
    private final ClientRegistry clients;
    private final Lru lru;
    private final References references;
    private final Evictor evictor;
    private final DoomedCells doomed;
    private final Holds holds = new Holds();
    private final NanoClock clock;
    private final Catalog catalog;
    /** Null: nothing is spilled. */
    private final Spilling disk;

    Residency(final StoreMemory store, final References references, final Evictor evictor, final Spilling disk) {
        this.cells = store.cells();
        this.index = store.index();
        this.clients = store.clients();
        this.lru = store.lru();
        this.doomed = store.doomed();
        this.references = references;
        this.evictor = evictor;
        this.disk = disk;
        this.clock = store.clock();
        this.catalog = store.catalog();
        evictor.onContainerGone(this::containerLeftMemory);
    }

    /** A copy that the disk does not have is gone, and holds nothing any more. */
    private void containerLeftMemory(final ObjectId id) {
        if (!isOnDisk(id)) {
            holds.deleted(id);
        }
    }

    /** Who has references, and what goes for want of them. */
    Holds holds() {
        return holds;
    }

    Lru lru() {
        return lru;
    }

    /** The object in this cell is SEALED and in the index; the caller knows that it is not on disk. */
    void sealed(final ObjectId id, final int cell) {
        if (disk != null) {
            disk.forgetLost(id);
        }
        lru.put(cell, isCopyUnheld(id, cell) ? Lru.CLEAN : Lru.DIRTY);
        catalog.sealed(cell);
    }

    /** After a restart: the object in this cell was found SEALED and is in the index; the disk may have it too. */
    void recovered(final ObjectId id, final int cell) {
        final boolean onDisk = disk != null && disk.isSame(id, CellDescriptor.lengthsPlain(cells.address(cell)));
        lru.put(cell, onDisk || isCopyUnheld(id, cell) ? Lru.CLEAN : Lru.DIRTY);
        catalog.sealed(cell);
    }

    /** The object in this cell is about to be DOOMED. */
    void deleted(final ObjectId id, final int cell) {
        lru.remove(cell);
        catalog.left(id, cell);
        if (disk != null) {
            disk.delete(id);
        }
    }

    /** An object that is not in memory is deleted; false if it is not on disk either. */
    boolean deleteOnDisk(final ObjectId id) {
        return disk != null && disk.delete(id);
    }

    /** Whether the disk has the object, in memory or not. */
    boolean isOnDisk(final ObjectId id) {
        return disk != null && disk.contains(id);
    }

    /** What was on disk when the store began, and contains references. */
    List<Spilled> containersOnDisk() {
        return disk == null ? List.of() : disk.containers();
    }

    /** Where on disk the object is, in memory or not; 0 if it is not there. */
    long placeOnDisk(final ObjectId id) {
        return disk == null ? 0 : disk.place(id);
    }

    /** Somebody waits for an object that is not in memory: if the disk has it, it will be sealed again. */
    void want(final ObjectId id) {
        if (disk != null) {
            disk.want(id, this::makeRoom);
        }
    }

    /** Why the object cannot come any more, for people; null if it may. */
    String lost(final ObjectId id) {
        return disk == null ? null : disk.lost(id);
    }

    /** What the disk has of a job, or of all, in memory or not; but for what only the catalog knows. */
    List<Spilled> onDisk(final int jobId) {
        return disk == null ? List.of() : disk.onHeap(jobId);
    }

    /** Goes on through what the catalog knows to be on disk; false if there is no catalog. */
    boolean walkCatalog(final CatalogWalk walk, final Consumer<CatalogWalk> consumer) {
        return disk != null && catalog.walk(walk, consumer);
    }

    /** Objects of a job that are on disk; some may come later, to be deleted if they are still {@link #isAt there}. */
    List<ObjectId> onDiskOfJob(final int jobId, final Consumer<Spilled> later) {
        return disk == null ? List.of() : disk.ofJob(jobId, later);
    }

    /** Whether an object is on disk at this place. */
    boolean isAt(final Spilled object) {
        return disk != null && disk.isAt(object);
    }

    /** Whether the next memory that is free is for a restore, not for a create. */
    boolean isMemoryPromised() {
        return disk != null && disk.comesFirst();
    }

    /** Restores that wait for memory. */
    int waitingRestores() {
        return disk == null ? 0 : disk.waiting();
    }

    /**
     * Goes on with what is written and read.
     *
     * @param wanted which cells' memory somebody waits for; null: nobody waits
     */
    int poll(final long nowNs, final IntPredicate wanted) {
        final int listed = catalog.poll();
        return disk == null ? listed : listed + disk.poll(nowNs, wanted, this::makeRoom);
    }

    /** Nothing is under way that goes on with the store's clock. */
    boolean isAtRest() {
        return catalog.isAtRest();
    }

    /** Takes back what can be had at once, the cheapest first; false if there was nothing. */
    boolean makeRoom(final long wantedBytes) {
        final int leases = reclaimLeases(EventDesk.EVERY_JOB);
        return doomed.scan(clock.nanoTime(), clients.list(), cells::freeDoomed) + leases > 0
                || evictor.evict(wantedBytes) > 0;
    }

    /** Takes back idle leases; where there is none, frees what may go. True if anything came free. */
    boolean reclaimOrEvict(final long wantedBytes) {
        return reclaimLeases(EventDesk.EVERY_JOB) > 0 || evictor.evict(wantedBytes) > 0;
    }

    /** The same, of what one job is charged for. */
    boolean makeRoomOfJob(final int jobId, final long wantedBytes) {
        return reclaimLeases(jobId) > 0
                || evictor.evict(wantedBytes, cell -> cells.jobs().isOf(cell, jobId)) > 0;
    }

    private int reclaimLeases(final int jobId) {
        final long nowNs = clock.nanoTime();
        int reclaimed = 0;
        for (final ClientSession client : clients.list()) {
            if (jobId == EventDesk.EVERY_JOB || client.jobId == jobId) {
                reclaimed += cells.reclaimIdleLeases(client, nowNs);
            }
        }
        return reclaimed;
    }

    /** For people. */
    String describe() {
        return (disk == null ? "spilling=off" : disk.describe()) + ' ' + catalog.describe();
    }

    /** Waits for the threads that read and write memory. */
    void close(final boolean forGood) {
        if (disk != null) {
            if (forGood) {
                disk.dropFilesAtClose();
            }
            disk.close();
        }
        catalog.close(forGood);
    }

    void addReference(final ClientSession client, final ObjectId id) {
        if (references.add(client.id, id)) {
            classify(id);
        }
    }

    void dropReference(final ClientSession client, final ObjectId id) {
        if (references.drop(client.id, id)) {
            classify(id);
        }
    }

    /** After a restart of the store: these live and will say what they hold; until then everything is held. */
    void awaitReferences(final Iterable<ClientSession> living) {
        references.await(living);
    }

    void referencesComplete(final ClientSession client) {
        if (references.complete(client.id)) {
            classifyAll();
        }
    }

    void forget(final ClientSession client) {
        if (references.forget(client.id, this::classify)) {
            classifyAll();
        }
    }

    /** The store's clock has moved on by a second. */
    void onTick(final long seconds) {
        lru.tick(seconds);
        catalog.onTick(index.live() + (disk == null ? 0 : disk.count()));
        if ((cells.usedBytes() + cells.leasedBytes()) * 100 > cells.capacityBytes() * SAMPLE_ABOVE_PERCENT) {
            lru.sample(clients.list());
        }
    }

    private int listFor(final ObjectId id, final int cell) {
        return isOnDisk(id) || isCopyUnheld(id, cell) ? Lru.CLEAN : Lru.DIRTY;
    }

    private boolean isCopyUnheld(final ObjectId id, final int cell) {
        return (CellDescriptor.flagsPlain(cells.address(cell)) & CellDescriptor.COPY) != 0 && !references.isHeld(id);
    }

    private void classify(final ObjectId id) {
        final int cell = index.find(id);
        if (cell != ObjectIndex.NONE) {
            reclassify(id, cell);
        }
    }

    private void reclassify(final ObjectId id, final int cell) {
        final int list = listFor(id, cell);
        if (lru.list(cell) != Lru.NONE && lru.list(cell) != list) {
            lru.move(cell, list);
        }
    }

    private void classifyAll() {
        int cell = lru.oldest(Lru.DIRTY);
        while (cell != CellLists.NIL) {
            final int next = lru.newer(cell);
            reclassify(ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET), cell);
            cell = next;
        }
    }
}
