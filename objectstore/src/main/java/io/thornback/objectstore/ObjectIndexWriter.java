/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.getLong;
import static org.agrona.UnsafeApi.putLong;
import static org.agrona.UnsafeApi.putLongRelease;

import org.agrona.UnsafeApi;

/**
 * The one writer of the index. When live entries and tombstones fill three quarters of a table, it fills the other one and then
 * names that as the current (release; partner: the readers' volatile load of the generation). One thread.
 */
final class ObjectIndexWriter {
    private static final int REBUILD_AT_PERCENT = 75;

    private final long address;
    private final long capacity;
    private final long mostEntries;
    private final long cellsAddress;
    private final ObjectIndex reader;
    private long generation;
    private long live;
    private long tombstones;
    private long rebuilds;

    ObjectIndexWriter(final long address, final long capacity, final long cellsAddress, final int maxCells) {
        this(address, capacity, cellsAddress, maxCells, REBUILD_AT_PERCENT);
    }

    ObjectIndexWriter(
            final long address,
            final long capacity,
            final long cellsAddress,
            final int maxCells,
            final int rebuildAtPercent) {
        this.address = address;
        this.capacity = capacity;
        this.mostEntries = capacity * rebuildAtPercent / 100;
        this.cellsAddress = cellsAddress;
        this.reader = new ObjectIndex(address, capacity, cellsAddress, maxCells);
    }

    /** Writes the header of a file that is all zero. */
    static void initialise(final long address, final long capacity) {
        UnsafeApi.putInt(address + IndexDescriptor.MAGIC_OFFSET, IndexDescriptor.MAGIC);
        putLong(address + IndexDescriptor.CAPACITY_OFFSET, capacity);
        UnsafeApi.putIntRelease(null, address + IndexDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION);
    }

    /** Begins a new index in the table that is not in use, whatever the one in use holds. */
    void beginRecovery() {
        generation = 1 + getLong(address + IndexDescriptor.GENERATION_OFFSET);
        UnsafeApi.setMemory(table(), capacity * IndexDescriptor.ENTRY_LENGTH, (byte) 0);
    }

    /** Enters a cell into it; false if its id is there. */
    boolean recover(final ObjectId id, final int cell) {
        final long table = table();
        final long mask = capacity - 1;
        long slot = id.hash & mask;
        long entry = getLong(entryAddress(table, slot));
        while (entry != IndexDescriptor.EMPTY) {
            if (IndexDescriptor.matches(entry, id.hash)
                    && id.equalsAddress(CellDescriptor.address(cellsAddress, IndexDescriptor.cell(entry))
                            + CellDescriptor.ID_OFFSET)) {
                return false;
            }
            slot = (slot + 1) & mask;
            entry = getLong(entryAddress(table, slot));
        }
        putLongRelease(null, entryAddress(table, slot), IndexDescriptor.entry(id.hash, cell));
        live++;
        return true;
    }

    /** Makes it the one in use. Release; partner: ObjectIndex.find. */
    void endRecovery() {
        putLongRelease(null, address + IndexDescriptor.GENERATION_OFFSET, generation);
    }

    int find(final ObjectId id) {
        return reader.find(id);
    }

    /** Enters a cell. The caller knows that the id is not there, and that there are at most half as many cells as entries. */
    void put(final ObjectId id, final int cell) {
        if (live + tombstones >= mostEntries) {
            rebuild();
        }
        if (insert(table(), id.hash, cell)) {
            tombstones--;
        }
        live++;
    }

    /** Takes a cell out; false if the id does not lead to that cell. */
    boolean remove(final ObjectId id, final int cell) {
        final long table = table();
        final long mask = capacity - 1;
        final long wanted = IndexDescriptor.entry(id.hash, cell);
        long index = id.hash & mask;
        for (long probes = 0; probes < capacity; probes++) {
            final long entry = getLong(entryAddress(table, index));
            if (entry == IndexDescriptor.EMPTY) {
                return false;
            }
            if (entry == wanted) {
                erase(table, index);
                live--;
                return true;
            }
            index = (index + 1) & mask;
        }
        return false;
    }

    long live() {
        return live;
    }

    long tombstones() {
        return tombstones;
    }

    long rebuilds() {
        return rebuilds;
    }

    /** A tombstone, unless no probe goes on behind it; then empty, and so are the tombstones before it. */
    private void erase(final long table, final long index) {
        final long mask = capacity - 1;
        if (getLong(entryAddress(table, (index + 1) & mask)) != IndexDescriptor.EMPTY) {
            putLongRelease(null, entryAddress(table, index), IndexDescriptor.TOMBSTONE);
            tombstones++;
            return;
        }
        putLongRelease(null, entryAddress(table, index), IndexDescriptor.EMPTY);
        long before = (index - 1) & mask;
        while (getLong(entryAddress(table, before)) == IndexDescriptor.TOMBSTONE) {
            putLongRelease(null, entryAddress(table, before), IndexDescriptor.EMPTY);
            tombstones--;
            before = (before - 1) & mask;
        }
    }

    /** True if the entry took a tombstone's place. */
    private boolean insert(final long table, final long hash, final int cell) {
        final long mask = capacity - 1;
        long index = hash & mask;
        while (true) {
            final long entry = getLong(entryAddress(table, index));
            if (entry == IndexDescriptor.EMPTY || entry == IndexDescriptor.TOMBSTONE) {
                putLongRelease(null, entryAddress(table, index), IndexDescriptor.entry(hash, cell));
                return entry == IndexDescriptor.TOMBSTONE;
            }
            index = (index + 1) & mask;
        }
    }

    private void rebuild() {
        final long from = table();
        final long to = IndexDescriptor.table(address, capacity, generation + 1);
        UnsafeApi.setMemory(to, capacity * IndexDescriptor.ENTRY_LENGTH, (byte) 0);
        for (long i = 0; i < capacity; i++) {
            final long entry = getLong(entryAddress(from, i));
            if (entry != IndexDescriptor.EMPTY && entry != IndexDescriptor.TOMBSTONE) {
                final int cell = IndexDescriptor.cell(entry);
                final ObjectId id =
                        ObjectId.ofAddress(CellDescriptor.address(cellsAddress, cell) + CellDescriptor.ID_OFFSET);
                insert(to, id.hash, cell);
            }
        }
        Steps.reached(Step.INDEX_FILLED);
        generation++;
        tombstones = 0;
        rebuilds++;
        // Release: whoever reads the new generation sees the table filled. Partner: ObjectIndex.find.
        putLongRelease(null, address + IndexDescriptor.GENERATION_OFFSET, generation);
    }

    private long table() {
        return IndexDescriptor.table(address, capacity, generation);
    }

    private static long entryAddress(final long table, final long index) {
        return table + index * IndexDescriptor.ENTRY_LENGTH;
    }
}
