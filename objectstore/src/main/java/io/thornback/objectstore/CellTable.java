/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

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

    private static final int NIL = -1;

    private final StoreFiles files;
    private final ArenaAllocator allocator;
    private final int maxCells;
    private final int[] freeCells;
    private final int[] slab;
    private final int[] next;
    private final int[] previous;
    private int freeCount;
    private int usedHigh;
    private long usedBytes;
    private long leasedBytes;

    CellTable(final StoreFiles files, final StoreConfig config) {
        this.files = files;
        this.allocator = new ArenaAllocator(config.arenaBytes());
        this.maxCells = config.maxObjects();
        this.freeCells = new int[maxCells];
        this.slab = new int[maxCells];
        this.next = new int[maxCells];
        this.previous = new int[maxCells];
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

    long usedBytes() {
        return usedBytes;
    }

    long leasedBytes() {
        return leasedBytes;
    }

    long capacityBytes() {
        return allocator.capacityBytes();
    }

    long largestFreeBytes() {
        return allocator.largestFreeBytes();
    }

    /** FREE → LEASED. Returns the cell, or NO_MEMORY, NO_PAGES, NO_CELLS. */
    int lease(final ClientSession client, final long sizeBytes) {
        if (freeCount == 0) {
            return NO_CELLS;
        }
        final long offset = allocator.allocate(sizeBytes);
        if (offset == ArenaAllocator.NONE) {
            return NO_MEMORY;
        }
        final long capacity = SizeClasses.capacityFor(sizeBytes);
        final int slabId = allocator.lastSlab();
        if (!files.reserveUpTo(offset + capacity)) {
            allocator.free(offset, capacity, slabId);
            return NO_PAGES;
        }
        final int cell = freeCells[--freeCount];
        if (cell >= usedHigh) {
            usedHigh = cell + 1;
            UnsafeApi.putIntRelease(null, files.storeAddress + StoreDescriptor.CELLS_HIGH_OFFSET, usedHigh);
        }
        slab[cell] = slabId;
        final long address = address(cell);
        final long generation = CellDescriptor.generation(CellDescriptor.wordPlain(address)) + 1;
        CellDescriptor.memoryPlain(address, offset, capacity, allocator.lastPlace());
        // Release: the client that finds LEASED sees offset and capacity. Partner: its CAS to WRITING.
        CellDescriptor.wordRelease(address, CellDescriptor.word(CellDescriptor.LEASED, client.id, generation));
        link(client, cell);
        account(client, capacity);
        return cell;
    }

    /** WRITING → SEALED or DOOMED. The caller has checked the word and the header. */
    void seal(final ClientSession client, final int cell, final boolean visible) {
        final long address = address(cell);
        final long capacity = CellDescriptor.capacityPlain(address);
        unlink(client, cell);
        account(client, -capacity);
        usedBytes += capacity;
        publish();
        final int state = visible ? CellDescriptor.SEALED : CellDescriptor.DOOMED;
        move(address, CellDescriptor.WRITING, state);
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
        unlink(client, cell);
        account(client, -CellDescriptor.capacityPlain(address));
        release(cell, address, CellDescriptor.WRITING);
    }

    /** LEASED → FREE by CAS, for each idle lease of a client. Returns how many it got. */
    int reclaimLeases(final ClientSession client) {
        int reclaimed = 0;
        int cell = client.firstCell;
        while (cell != NIL) {
            final int following = next[cell];
            final long address = address(cell);
            final long word = CellDescriptor.wordVolatile(address);
            // CAS: the client may take it to WRITING with one at this moment. Partner: Leases.begin.
            if (CellDescriptor.state(word) == CellDescriptor.LEASED
                    && CellDescriptor.casWord(
                            address,
                            word,
                            CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word)))) {
                unlink(client, cell);
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
        while (client.firstCell != NIL) {
            freeWriting(client, client.firstCell);
        }
    }

    private void release(final int cell, final long address, final int from) {
        final long word = CellDescriptor.wordPlain(address);
        checkState(cell, word, from, CellDescriptor.FREE);
        CellDescriptor.wordRelease(
                address, CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word)));
        giveBack(cell, address);
        publish();
    }

    private void giveBack(final int cell, final long address) {
        allocator.free(CellDescriptor.offsetPlain(address), CellDescriptor.capacityPlain(address), slab[cell]);
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
    }

    private void link(final ClientSession client, final int cell) {
        previous[cell] = NIL;
        next[cell] = client.firstCell;
        if (client.firstCell != NIL) {
            previous[client.firstCell] = cell;
        }
        client.firstCell = cell;
    }

    private void unlink(final ClientSession client, final int cell) {
        if (previous[cell] == NIL) {
            client.firstCell = next[cell];
        } else {
            next[previous[cell]] = next[cell];
        }
        if (next[cell] != NIL) {
            previous[next[cell]] = previous[cell];
        }
    }
}
