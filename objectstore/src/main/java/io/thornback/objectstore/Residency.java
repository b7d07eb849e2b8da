/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

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

    Residency(
            final CellTable cells,
            final ObjectIndexWriter index,
            final ClientRegistry clients,
            final Lru lru,
            final References references,
            final Evictor evictor) {
        this.cells = cells;
        this.index = index;
        this.clients = clients;
        this.lru = lru;
        this.references = references;
        this.evictor = evictor;
    }

    Lru lru() {
        return lru;
    }

    /** The object in this cell is SEALED and in the index. */
    void sealed(final ObjectId id, final int cell) {
        lru.put(cell, listFor(id, cell));
    }

    /** The object in this cell is about to be DOOMED. */
    void deleted(final int cell) {
        lru.remove(cell);
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

    /** Frees what may go; true if anything went. */
    boolean evict(final long wantedBytes) {
        return evictor.evict(wantedBytes) > 0;
    }

    /** The store's clock has moved on by a second. */
    void onTick(final long seconds) {
        lru.tick(seconds);
        if ((cells.usedBytes() + cells.leasedBytes()) * 100 > cells.capacityBytes() * SAMPLE_ABOVE_PERCENT) {
            lru.sample(clients.list());
        }
    }

    private int listFor(final ObjectId id, final int cell) {
        final boolean copy = (CellDescriptor.flagsPlain(cells.address(cell)) & CellDescriptor.COPY) != 0;
        return copy && !references.isHeld(id) ? Lru.CLEAN : Lru.DIRTY;
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
