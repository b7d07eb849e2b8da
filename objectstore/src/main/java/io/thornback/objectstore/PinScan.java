/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Collection;
import org.agrona.UnsafeApi;

/**
 * The store's half of the pair of fences: which cells of a batch does anybody read? The words of the whole batch are stored first (DOOMED or EVICTING,
 * volatile), then comes one full fence, then one pass over all pin tables. One thread, the agent; allocates nothing.
 *
 * <p>A cell can also be held by the store itself, while a thread of its own writes it to disk or fills it from there: such a cell counts as pinned.
 */
final class PinScan {
    private static final int HELD = Integer.MIN_VALUE;

    /** By cell: the number of the scan that asks for it, its negative when that found a pin, HELD while the store holds it. */
    private final int[] marks;

    private int scan;

    PinScan(final int maxCells) {
        marks = new int[maxCells];
    }

    /** The store reads or writes the cell's memory: it is not free before {@link #release}. */
    void hold(final int cell) {
        marks[cell] = HELD;
    }

    void release(final int cell) {
        marks[cell] = 0;
    }

    boolean isHeld(final int cell) {
        return marks[cell] == HELD;
    }

    /** Begins a batch. */
    void begin() {
        scan = scan == Integer.MAX_VALUE ? 1 : scan + 1;
    }

    /** The cell is of this batch; its word says so already. */
    void add(final int cell) {
        if (marks[cell] != HELD) {
            marks[cell] = scan;
        }
    }

    /** Fence, then all pin tables; {@link #isPinned} knows the answer then. */
    void run(final Collection<ClientSession> clients) {
        fence();
        for (final ClientSession client : clients) {
            markPinned(client.pinTable.address(), client.pinTable.sizeBytes());
        }
    }

    /** The same for one pin table. */
    void run(final long table, final long sizeBytes) {
        fence();
        markPinned(table, sizeBytes);
    }

    /** Of a cell of this batch, after {@link #run}. */
    boolean isPinned(final int cell) {
        return marks[cell] != scan;
    }

    /** Entries of a pin table that may have been used. */
    static int used(final ClientSession client) {
        return used(client.pinTable.address(), client.pinTable.sizeBytes());
    }

    private static int used(final long table, final long sizeBytes) {
        final long slots = (sizeBytes - PinTableDescriptor.ENTRIES_OFFSET) / PinTableDescriptor.ENTRY_LENGTH;
        final long highWater = UnsafeApi.getLongVolatile(null, table + PinTableDescriptor.HIGH_WATER_OFFSET);
        // Written by the client: not trusted beyond the table.
        return (int) Math.min(Math.max(0, highWater), slots);
    }

    /**
     * All the words of the batch were stored before this fence, all pins are read after it. Partner: the CAS of PinTable.pin, which stands between the
     * reader's pin and its load of the word. One of the two sees the other.
     */
    private static void fence() {
        UnsafeApi.fullFence();
    }

    private void markPinned(final long table, final long sizeBytes) {
        final int end = used(table, sizeBytes);
        for (int slot = 0; slot < end; slot++) {
            final long pin = UnsafeApi.getLongVolatile(null, PinTableDescriptor.pinAddress(table, slot));
            if (pin > 0 && pin <= marks.length && marks[(int) pin - 1] == scan) {
                marks[(int) pin - 1] = -scan;
            }
        }
    }
}
