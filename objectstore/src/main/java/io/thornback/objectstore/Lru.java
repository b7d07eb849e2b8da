/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Collection;
import org.agrona.UnsafeApi;

/**
 * Which sealed objects were used least recently, in two lists: those that may leave memory now, because somebody else or the disk has them,
 * and those that must be written to disk first. What is being written, and what is doomed, is in neither.
 *
 * <p>Readers tell nobody that they read. They note cell and second beside their pin, and {@link #sample} looks at these notes now and then: an order that is
 * exact to the second and blind to what was read twice between two looks, in return for reads that cost nothing. An object that is pinned when it is looked at
 * counts as used at that moment. One thread, the agent; allocates nothing.
 */
final class Lru {
    /** In no list. */
    static final int NONE = 0;
    /** Must be written to disk before its memory is given to another. */
    static final int DIRTY = 1;
    /** May be evicted. */
    static final int CLEAN = 2;

    private final CellTable cells;
    private final CellLists lists;
    private final CellLists.Ends[] ends = {null, new CellLists.Ends(), new CellLists.Ends()};
    private final long[] bytes = new long[CLEAN + 1];
    private final byte[] listOf;
    /** By cell: second of the last use, twice, plus 1 if it was read then and not only made. */
    private final int[] used;

    private int tick;

    Lru(final CellTable cells, final int maxCells) {
        this.cells = cells;
        this.lists = cells.lists();
        this.listOf = new byte[maxCells];
        this.used = new int[maxCells];
    }

    /** The store's clock has moved. */
    void tick(final long seconds) {
        tick = (int) seconds;
    }

    /** Enters a SEALED cell as the most recently used, or moves it to another list. */
    void put(final int cell, final int list) {
        remove(cell);
        used[cell] = tick << 1;
        append(cell, list);
    }

    /** The same without a use: its age stays what it was. */
    void move(final int cell, final int list) {
        remove(cell);
        append(cell, list);
    }

    /** Back into a list, as its least recently used. */
    void giveBack(final int cell, final int list) {
        lists.addOldest(ends[list], cell);
        bytes[list] += CellDescriptor.capacityPlain(cells.address(cell));
        listOf[cell] = (byte) list;
    }

    void remove(final int cell) {
        final int list = listOf[cell];
        if (list != NONE) {
            lists.remove(ends[list], cell);
            bytes[list] -= CellDescriptor.capacityPlain(cells.address(cell));
            listOf[cell] = NONE;
        }
    }

    int list(final int cell) {
        return listOf[cell];
    }

    /** The least recently used cell of a list, or {@link CellLists#NIL}. */
    int oldest(final int list) {
        return ends[list].oldest;
    }

    /** The next one after a cell, in its list. */
    int newer(final int cell) {
        return lists.newer(cell);
    }

    int count(final int list) {
        return ends[list].count;
    }

    /** Memory of the cells in a list. */
    long bytes(final int list) {
        return bytes[list];
    }

    /** Seconds since the cell was used last, as far as samples have shown. */
    int idleSeconds(final int cell) {
        return Math.max(0, tick - (used[cell] >>> 1));
    }

    /** Reads what all clients have noted beside their pins. */
    void sample(final Collection<ClientSession> clients) {
        for (final ClientSession client : clients) {
            final long table = client.pinTable.address();
            final int end = PinScan.used(client);
            for (int slot = 0; slot < end; slot++) {
                final long entry = PinTableDescriptor.pinAddress(table, slot);
                final long pin = UnsafeApi.getLong(entry);
                if (pin != 0) {
                    use((int) pin - 1, tick);
                } else {
                    final long access = UnsafeApi.getLong(entry + PinTableDescriptor.ACCESS_OFFSET);
                    use(PinTableDescriptor.accessCell(access), PinTableDescriptor.accessTick(access));
                }
            }
        }
    }

    /** A note may be old, and about an object that was in the cell before; clients write them, so nothing is trusted. */
    private void use(final int cell, final int atTick) {
        if (cell < 0 || cell >= listOf.length || listOf[cell] == NONE || atTick - tick > 0) {
            return;
        }
        final int key = atTick << 1 | 1;
        if (key - used[cell] > 0) {
            move(cell, listOf[cell]);
            used[cell] = key;
        }
    }

    private void append(final int cell, final int list) {
        lists.addNewest(ends[list], cell);
        bytes[list] += CellDescriptor.capacityPlain(cells.address(cell));
        listOf[cell] = (byte) list;
    }
}
