/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Collection;
import java.util.function.IntConsumer;
import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;

/**
 * Deleted objects whose memory is given back when nobody reads them. Cells come in as DOOMED; one full fence and one scan of all pin
 * tables decides for all that have come since the last. Unpinning is silent, so what is pinned is looked at again, less and
 * less often. One thread.
 */
final class DoomedCells {
    private static final long FIRST_RETRY_NS = 1_000_000;
    private static final long LAST_RETRY_NS = 128_000_000;

    private final IntArrayList cells = new IntArrayList();
    /** By cell: the number of the scan that found it doomed, or its negative when that scan found it pinned. */
    private final int[] marks;

    private int scan;
    private boolean fresh;
    private long retryNs = FIRST_RETRY_NS;
    private long nextScanNs;

    DoomedCells(final int maxCells) {
        marks = new int[maxCells];
    }

    void add(final int cell) {
        cells.addInt(cell);
        fresh = true;
    }

    int size() {
        return cells.size();
    }

    /** When to look again, if there is anything. */
    long nextScanNs(final long nowNs) {
        return fresh ? nowNs : nextScanNs;
    }

    /** Somebody waits for memory: look again no later than then. */
    void hurry(final long atNs) {
        if (nextScanNs - atNs > 0) {
            nextScanNs = atNs;
        }
    }

    /** Looks now if there is something new, or it is time; returns how many were freed. */
    int scanIfDue(final long nowNs, final Collection<ClientSession> clients, final IntConsumer free) {
        if (cells.isEmpty() || (!fresh && nextScanNs - nowNs > 0)) {
            return 0;
        }
        return scan(nowNs, clients, free);
    }

    /** Looks now. */
    int scan(final long nowNs, final Collection<ClientSession> clients, final IntConsumer free) {
        scan = scan == Integer.MAX_VALUE ? 1 : scan + 1;
        for (int i = 0; i < cells.size(); i++) {
            marks[cells.getInt(i)] = scan;
        }
        // All the DOOMED words were stored before this fence, all pins are read after it. Partner: the CAS of
        // PinTable.pin, which
        // stands between the reader's pin and its load of the word. One of the two sees the other.
        UnsafeApi.fullFence();
        for (final ClientSession client : clients) {
            markPinned(client);
        }
        int kept = 0;
        final int before = cells.size();
        for (int i = 0; i < before; i++) {
            final int cell = cells.getInt(i);
            if (marks[cell] == scan) {
                free.accept(cell);
            } else {
                cells.setInt(kept++, cell);
            }
        }
        while (cells.size() > kept) {
            cells.fastUnorderedRemove(cells.size() - 1);
        }
        retryNs = fresh || kept < before ? FIRST_RETRY_NS : Math.min(LAST_RETRY_NS, retryNs * 2);
        nextScanNs = nowNs + retryNs;
        fresh = false;
        return before - kept;
    }

    private void markPinned(final ClientSession client) {
        final long table = client.pinTable.address();
        final long slots =
                (client.pinTable.sizeBytes() - PinTableDescriptor.ENTRIES_OFFSET) / PinTableDescriptor.ENTRY_LENGTH;
        final long highWater = UnsafeApi.getLongVolatile(null, table + PinTableDescriptor.HIGH_WATER_OFFSET);
        // Written by the client: not trusted beyond the table.
        final int end = (int) Math.min(Math.max(0, highWater), slots);
        for (int slot = 0; slot < end; slot++) {
            final long pin = UnsafeApi.getLongVolatile(null, PinTableDescriptor.pinAddress(table, slot));
            if (pin > 0 && pin <= marks.length && marks[(int) pin - 1] == scan) {
                marks[(int) pin - 1] = -scan;
            }
        }
    }
}
