/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Collection;
import java.util.function.IntConsumer;
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
    private final PinScan pins;
    private boolean fresh;
    private long retryNs = FIRST_RETRY_NS;
    private long nextScanNs;

    DoomedCells(final PinScan pins) {
        this.pins = pins;
    }

    void add(final int cell) {
        cells.addInt(cell);
        fresh = true;
    }

    /** A cell that was held may be free: look at the next opportunity. */
    void look() {
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
        pins.begin();
        for (int i = 0; i < cells.size(); i++) {
            pins.add(cells.getInt(i));
        }
        pins.run(clients);
        Steps.reached(Step.DOOMED_SCANNED);
        int kept = 0;
        final int before = cells.size();
        for (int i = 0; i < before; i++) {
            final int cell = cells.getInt(i);
            if (!pins.isPinned(cell)) {
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
}
