/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Takes objects out of memory, the least recently used first, of those that may go. A batch is marked EVICTING, then one fence and one scan of all pins decide
 * for the whole batch: what somebody reads is SEALED again and counts as just used, the rest leaves the index and is FREE. One thread, the agent.
 */
final class Evictor {
    private static final int BATCH_CELLS = 512;
    /** With a condition: how far it is looked for cells that meet it. */
    private static final int MOST_LOOKED = 1 << 16;

    private final CellTable cells;
    private final ObjectIndexWriter index;
    private final ClientRegistry clients;
    private final PinScan pins;
    private final Lru lru;
    private final StoreTally tally;
    private final Catalog catalog;
    private final int[] batch = new int[BATCH_CELLS];
    private Consumer<ObjectId> onContainerGone = id -> {};
    private int marked;

    Evictor(final StoreMemory store) {
        this.cells = store.cells();
        this.index = store.index();
        this.clients = store.clients();
        this.pins = store.pins();
        this.lru = store.lru();
        this.tally = store.tally();
        this.catalog = store.catalog();
    }

    /** Who is told of objects that contain references and have left memory. Set once, before use. */
    void onContainerGone(final Consumer<ObjectId> listener) {
        onContainerGone = listener;
    }

    /** As {@link #evict(long, IntPredicate)}, of any object. */
    int evict(final long wantedBytes) {
        return evict(wantedBytes, null);
    }

    /**
     * Frees objects until that much memory has come free, or none is left that may go and is not read.
     *
     * @param only which cells may go; null: all
     * @return objects that went
     */
    int evict(final long wantedBytes, final IntPredicate only) {
        int evicted = 0;
        long freedBytes = 0;
        // What is pinned moves to the newest end; a round that ends where the list did when it began has seen all.
        int left = Math.min(lru.count(Lru.CLEAN), only == null ? Integer.MAX_VALUE : MOST_LOOKED);
        if (left > 0) {
            lru.sample(clients.list());
        }
        while (left > 0 && freedBytes < wantedBytes) {
            final int looked = mark(wantedBytes - freedBytes, left, only);
            left -= looked;
            Steps.reached(Step.EVICT_MARKED);
            pins.run(clients.list());
            for (int i = 0; i < marked; i++) {
                final long capacity = decide(batch[i]);
                freedBytes += capacity;
                evicted += capacity > 0 ? 1 : 0;
            }
        }
        tally.objects(index.live());
        return evicted;
    }

    /** SEALED → EVICTING for one batch; returns how many cells were looked at. */
    private int mark(final long wantedBytes, final int most, final IntPredicate only) {
        pins.begin();
        marked = 0;
        int looked = 0;
        long bytes = 0;
        int cell = lru.oldest(Lru.CLEAN);
        while (cell != CellLists.NIL && looked < most && marked < batch.length && bytes < wantedBytes) {
            final int next = lru.newer(cell);
            if (only == null || only.test(cell)) {
                lru.remove(cell);
                cells.evicting(cell);
                pins.add(cell);
                batch[marked++] = cell;
                bytes += CellDescriptor.capacityPlain(cells.address(cell));
            }
            looked++;
            cell = next;
        }
        return looked;
    }

    /** EVICTING → SEALED or FREE; returns the bytes that came free. */
    private long decide(final int cell) {
        if (pins.isPinned(cell)) {
            cells.unevict(cell);
            lru.put(cell, Lru.CLEAN);
            return 0;
        }
        final long address = cells.address(cell);
        final long capacity = CellDescriptor.capacityPlain(address);
        final ObjectId id = ObjectId.ofAddress(address + CellDescriptor.ID_OFFSET);
        final long length = CellDescriptor.lengthPlain(address);
        final boolean isContainer = (CellDescriptor.flagsPlain(address) & CellDescriptor.CONTAINER) != 0;
        // The entry first: if the store dies between the two, the cell is EVICTING and becomes SEALED again.
        index.remove(id, cell);
        catalog.left(id, cell);
        Steps.reached(Step.EVICT_OUT_OF_INDEX);
        cells.freeEvicted(cell);
        Steps.reached(Step.EVICT_FREED);
        tally.evicted(id, length);
        if (isContainer) {
            onContainerGone.accept(id);
        }
        return capacity;
    }
}
