/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.function.LongPredicate;
import org.agrona.UnsafeApi;

/**
 * The store's side of the descriptors: which are free, which memory they cover, which client has what. All transitions that the store
 * makes are here. One thread, the agent.
 *
 * <p>Beside the descriptors it keeps, on the heap, what can be derived from them: the free descriptors, the allocator, and for each client a
 * list, linked through the cells' numbers, of those that are LEASED or WRITING.
 */
final class CellTable {
    /** No memory large enough is free. */
    static final int NO_MEMORY = -1;
    /** The file system has no pages left for the arena. */
    static final int NO_PAGES = -2;
    /** Every descriptor is in use. */
    static final int NO_CELLS = -3;

    /** Makes cells of its own: the target of a restore. */
    private static final int STORE_CLIENT = 0;

    private final StoreFiles files;
    private final ArenaExtents extents;
    private final ArenaAllocator allocator;
    private final int maxCells;
    private final int[] freeCells;
    private final int[] slab;
    private final CellLists lists;
    private final JobQuotas jobs;
    private final FreshGrants fresh = new FreshGrants();
    private int freeCount;
    private int usedHigh;
    private long usedBytes;
    private long leasedBytes;

    CellTable(final StoreFiles files, final StoreConfig config) {
        this.files = files;
        this.extents = new ArenaExtents(
                config.arenaBytes(), files.arena().addressBytes(), config.reserveStepBytes(), files.arena());
        this.allocator = new ArenaAllocator(extents);
        this.maxCells = config.maxObjects();
        this.freeCells = new int[maxCells];
        this.slab = new int[maxCells];
        this.lists = new CellLists(maxCells);
        this.jobs = new JobQuotas(config.jobQuotaBytes(), maxCells);
        for (int i = 0; i < maxCells; i++) {
            freeCells[i] = maxCells - 1 - i;
        }
        freeCount = maxCells;
    }

    boolean isCell(final int cell) {
        return cell >= 0 && cell < maxCells;
    }

    long address(final int cell) {
        return CellDescriptor.address(files.cellsAddress, cell);
    }

    long word(final int cell) {
        return CellDescriptor.wordVolatile(address(cell));
    }

    /** Cells at and above this number have never been used. */
    int usedHigh() {
        return usedHigh;
    }

    /** Who is charged for which cell. */
    JobQuotas jobs() {
        return jobs;
    }

    int maxCells() {
        return maxCells;
    }

    /** The links of all lists of cells. */
    CellLists lists() {
        return lists;
    }

    long usedBytes() {
        return usedBytes;
    }

    long leasedBytes() {
        return leasedBytes;
    }

    long capacityBytes() {
        return allocator.capacityBytes();
    }

    ArenaExtents extents() {
        return extents;
    }

    /** Bytes of the arena that have pages. */
    long pagedBytes() {
        return allocator.pagedBytes();
    }

    /** The file system may have room again. */
    void retryPages() {
        allocator.retryPages();
    }

    long largestFreeBytes() {
        return allocator.largestFreeBytes();
    }

    /** FREE → LEASED. Returns the cell, or NO_MEMORY, NO_PAGES, NO_CELLS. */
    int lease(final ClientSession client, final long sizeBytes) {
        final int cell = take(client.id, sizeBytes);
        if (cell >= 0) {
            lists.addNewest(client.cells, cell);
            final long capacity = CellDescriptor.capacityPlain(address(cell));
            account(client, capacity);
            jobs.charge(cell, client.jobId, capacity);
        }
        return cell;
    }

    /** FREE → LEASED → WRITING, for the store itself, which gives it up only by its own hand. Result as of lease. */
    int leaseForStore(final long sizeBytes, final int jobId) {
        final int cell = take(STORE_CLIENT, sizeBytes);
        if (cell >= 0) {
            final long address = address(cell);
            final long capacity = CellDescriptor.capacityPlain(address);
            leasedBytes += capacity;
            jobs.charge(cell, jobId, capacity);
            publish();
            move(address, CellDescriptor.LEASED, CellDescriptor.WRITING);
        }
        return cell;
    }

    private int take(final int clientId, final long sizeBytes) {
        if (freeCount == 0) {
            return NO_CELLS;
        }
        final long offset = allocator.allocate(sizeBytes);
        if (offset < 0) {
            return offset == ArenaAllocator.NO_PAGES ? NO_PAGES : NO_MEMORY;
        }
        final long capacity = SizeClasses.capacityFor(sizeBytes);
        final int cell = freeCells[--freeCount];
        if (cell >= usedHigh) {
            usedHigh = cell + 1;
            UnsafeApi.putIntRelease(null, files.storeAddress + StoreDescriptor.CELLS_HIGH_OFFSET, usedHigh);
        }
        slab[cell] = allocator.lastSlab();
        final long address = address(cell);
        final long generation = CellDescriptor.generation(CellDescriptor.wordPlain(address)) + 1;
        CellDescriptor.memoryPlain(address, offset, capacity, allocator.lastPlace());
        Steps.reached(Step.LEASE_CELL_FILLED);
        // Release: the client that finds LEASED sees offset and capacity. Partner: its CAS to WRITING.
        CellDescriptor.wordRelease(address, CellDescriptor.word(CellDescriptor.LEASED, clientId, generation));
        Steps.reached(Step.LEASE_STORED);
        return cell;
    }

    /** WRITING → SEALED or DOOMED. The caller has checked the word and the header. */
    void seal(final ClientSession client, final int cell, final boolean visible) {
        final long address = address(cell);
        final long capacity = CellDescriptor.capacityPlain(address);
        lists.remove(client.cells, cell);
        account(client, -capacity);
        usedBytes += capacity;
        publish();
        final int state = visible ? CellDescriptor.SEALED : CellDescriptor.DOOMED;
        move(address, CellDescriptor.WRITING, state);
    }

    /** WRITING → SEALED, of a cell of the store's own whose header is written. */
    void sealForStore(final int cell) {
        final long address = address(cell);
        final long capacity = CellDescriptor.capacityPlain(address);
        leasedBytes -= capacity;
        usedBytes += capacity;
        publish();
        move(address, CellDescriptor.WRITING, CellDescriptor.SEALED);
    }

    /** WRITING → FREE, of a cell of the store's own. */
    void freeForStore(final int cell) {
        final long address = address(cell);
        leasedBytes -= CellDescriptor.capacityPlain(address);
        release(cell, address, CellDescriptor.WRITING);
    }

    /** SEALED → EVICTING. Volatile; the full fence and the scan of the pins follow, for many at once. */
    void evicting(final int cell) {
        move(address(cell), CellDescriptor.SEALED, CellDescriptor.EVICTING);
    }

    /** EVICTING → SEALED: somebody reads it. */
    void unevict(final int cell) {
        move(address(cell), CellDescriptor.EVICTING, CellDescriptor.SEALED);
    }

    /** EVICTING → FREE. The caller has seen that no pin names the cell, and has taken it out of the index. */
    void freeEvicted(final int cell) {
        final long address = address(cell);
        usedBytes -= CellDescriptor.capacityPlain(address);
        release(cell, address, CellDescriptor.EVICTING);
    }

    /** SEALED → DOOMED. Volatile; the full fence and the scan of the pins follow, for many at once. */
    void doom(final int cell) {
        move(address(cell), CellDescriptor.SEALED, CellDescriptor.DOOMED);
    }

    /** DOOMED → FREE. The caller has seen that no pin names the cell. */
    void freeDoomed(final int cell) {
        final long address = address(cell);
        usedBytes -= CellDescriptor.capacityPlain(address);
        release(cell, address, CellDescriptor.DOOMED);
    }

    /** WRITING → FREE, on the client's own word or its death. */
    void freeWriting(final ClientSession client, final int cell) {
        final long address = address(cell);
        lists.remove(client.cells, cell);
        account(client, -CellDescriptor.capacityPlain(address));
        release(cell, address, CellDescriptor.WRITING);
    }

    /** Somebody has asked for this lease and is told of it now. */
    void granted(final long token, final long nowNs) {
        fresh.add(token, nowNs);
    }

    /** LEASED → FREE by CAS, for each idle lease of a client. Returns how many it got. */
    int reclaimIdleLeases(final ClientSession client, final long nowNs) {
        return reclaimLeases(client, token -> !fresh.isFresh(token, nowNs));
    }

    /** The same, of all that it has not begun to write. */
    int reclaimLeases(final ClientSession client) {
        return reclaimLeases(client, token -> true);
    }

    private int reclaimLeases(final ClientSession client, final LongPredicate wanted) {
        int reclaimed = 0;
        int cell = client.cells.oldest;
        while (cell != CellLists.NIL) {
            final int following = lists.newer(cell);
            final long address = address(cell);
            final long word = CellDescriptor.wordVolatile(address);
            // CAS: the client may take it to WRITING with one at this moment. Partner: Leases.begin.
            if (CellDescriptor.state(word) == CellDescriptor.LEASED
                    && wanted.test(CellDescriptor.token(cell, CellDescriptor.generation(word)))
                    && CellDescriptor.casWord(
                            address,
                            word,
                            CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word)))) {
                Steps.reached(Step.LEASE_RECLAIMED);
                lists.remove(client.cells, cell);
                account(client, -CellDescriptor.capacityPlain(address));
                giveBack(cell, address);
                reclaimed++;
            }
            cell = following;
        }
        return reclaimed;
    }

    /** Frees every LEASED and WRITING cell of a client that is dead or gone. */
    void freeAll(final ClientSession client) {
        reclaimLeases(client);
        while (client.cells.oldest != CellLists.NIL) {
            freeWriting(client, client.cells.oldest);
        }
    }

    // ---- what CellRecovery calls: first the memory of all cells, then each cell once, from the highest to the lowest

    /** The cell has this memory; false if no cell can have it, or another has a part of it. */
    boolean claimMemory(final int cell, final long offset, final long capacity, final int slabPlace) {
        final long unit = slabPlace < 0 ? offset : offset - slabPlace * capacity;
        if (offset < 0 || capacity <= 0 || unit % SizeClasses.PAGE_BYTES != 0) {
            return false;
        }
        final int slabId = allocator.occupy(offset, capacity, slabPlace);
        if (slabId == ArenaAllocator.OVERLAP) {
            return false;
        }
        slab[cell] = slabId;
        return true;
    }

    void beginRecovery(final int high) {
        usedHigh = high;
        UnsafeApi.putIntRelease(null, files.storeAddress + StoreDescriptor.CELLS_HIGH_OFFSET, high);
        freeCount = maxCells - high;
    }

    void endRecovery() {
        allocator.occupied();
        publish();
    }

    void adoptFree(final int cell) {
        freeCells[freeCount++] = cell;
    }

    /** LEASED → FREE; false if its client was faster. */
    boolean freeFoundLease(final int cell, final long word) {
        final boolean freed = CellDescriptor.casWord(address(cell), word, freeWord(word));
        if (freed) {
            adoptFree(cell);
        }
        return freed;
    }

    /** WRITING → FREE, of nobody who lives; its memory is not claimed. */
    void freeFoundWriting(final int cell) {
        CellDescriptor.wordRelease(address(cell), freeWord(word(cell)));
        adoptFree(cell);
    }

    void adoptWriting(final ClientSession client, final int cell) {
        final long capacity = CellDescriptor.capacityPlain(address(cell));
        lists.addNewest(client.cells, cell);
        account(client, capacity);
        jobs.charge(cell, client.jobId, capacity);
    }

    /** SEALED or DOOMED. */
    void adoptUsed(final int cell, final ObjectId id) {
        final long capacity = CellDescriptor.capacityPlain(address(cell));
        usedBytes += capacity;
        jobs.charge(cell, id.jobId(), capacity);
    }

    /** Whatever it was → DOOMED, and never free while this store runs. */
    void quarantine(final int cell) {
        final long word = word(cell);
        CellDescriptor.wordVolatile(
                address(cell),
                CellDescriptor.word(
                        CellDescriptor.DOOMED, CellDescriptor.client(word), CellDescriptor.generation(word)));
    }

    private static long freeWord(final long word) {
        return CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word));
    }

    private void release(final int cell, final long address, final int from) {
        final long word = CellDescriptor.wordPlain(address);
        checkState(cell, word, from, CellDescriptor.FREE);
        CellDescriptor.wordRelease(
                address, CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word)));
        Steps.reached(Step.CELL_FREED);
        giveBack(cell, address);
        publish();
    }

    private void giveBack(final int cell, final long address) {
        final long capacity = CellDescriptor.capacityPlain(address);
        jobs.discharge(cell, capacity);
        allocator.free(CellDescriptor.offsetPlain(address), capacity, slab[cell]);
        freeCells[freeCount++] = cell;
    }

    private void move(final long address, final int from, final int to) {
        final long word = CellDescriptor.wordPlain(address);
        checkState((int) ((address - files.cellsAddress) / CellDescriptor.LENGTH), word, from, to);
        CellDescriptor.wordVolatile(
                address, CellDescriptor.word(to, CellDescriptor.client(word), CellDescriptor.generation(word)));
    }

    private static void checkState(final int cell, final long word, final int from, final int to) {
        if (CellDescriptor.state(word) != from || !CellDescriptor.isLegal(from, to)) {
            throw new CorruptStoreException(
                    "cell " + cell + " is " + CellDescriptor.stateName(CellDescriptor.state(word)) + ", expected "
                            + CellDescriptor.stateName(from) + " on its way to " + CellDescriptor.stateName(to));
        }
    }

    private void account(final ClientSession client, final long bytes) {
        leasedBytes += bytes;
        client.leasedBytes += bytes;
        UnsafeApi.putLongRelease(
                null,
                StoreDescriptor.clientAddress(files.storeAddress, client.id) + StoreDescriptor.LEASED_OFFSET,
                client.leasedBytes);
        publish();
    }

    private void publish() {
        UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.USED_BYTES_OFFSET, usedBytes);
        UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.LEASED_BYTES_OFFSET, leasedBytes);
        UnsafeApi.putLongRelease(
                null, files.storeAddress + StoreDescriptor.RESERVED_BYTES_OFFSET, allocator.pagedBytes());
    }
}
