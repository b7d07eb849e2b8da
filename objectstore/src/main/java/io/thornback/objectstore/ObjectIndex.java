/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.getLongAcquire;
import static org.agrona.UnsafeApi.getLongVolatile;

/**
 * Reads the index: id to cell. A hit is a hint that the descriptor must confirm, a miss is not final. Any thread; allocates
 * nothing, waits for nothing. Layout: {@link IndexDescriptor}.
 */
final class ObjectIndex {
    /** No such id in the index. */
    static final int NONE = -1;

    private final long address;
    private final long cellsAddress;
    private final long capacity;
    private final int maxCells;

    ObjectIndex(final long address, final long capacity, final long cellsAddress, final int maxCells) {
        this.address = address;
        this.capacity = capacity;
        this.cellsAddress = cellsAddress;
        this.maxCells = maxCells;
    }

    /** The cell whose descriptor bears this id at the moment, or {@link #NONE}. */
    int find(final ObjectId id) {
        long generation = getLongVolatile(null, address + IndexDescriptor.GENERATION_OFFSET);
        while (true) {
            final int cell = probe(IndexDescriptor.table(address, capacity, generation), id);
            if (cell != NONE) {
                return cell;
            }
            // A miss in a table that was replaced meanwhile is no answer. Bounded by the writer's pace, which rebuilds
            // after a quarter of the table has turned into tombstones.
            final long now = getLongVolatile(null, address + IndexDescriptor.GENERATION_OFFSET);
            if (now == generation) {
                return NONE;
            }
            generation = now;
        }
    }

    private int probe(final long table, final ObjectId id) {
        final long hash = id.hash;
        final long mask = capacity - 1;
        long index = hash & mask;
        for (long probes = 0; probes < capacity; probes++) {
            final long entry = getLongAcquire(null, table + index * IndexDescriptor.ENTRY_LENGTH);
            if (entry == IndexDescriptor.EMPTY) {
                return NONE;
            }
            if (IndexDescriptor.matches(entry, hash)) {
                final int cell = IndexDescriptor.cell(entry);
                if (cell < maxCells
                        && id.equalsAddress(CellDescriptor.address(cellsAddress, cell) + CellDescriptor.ID_OFFSET)) {
                    return cell;
                }
            }
            index = (index + 1) & mask;
        }
        return NONE;
    }
}
