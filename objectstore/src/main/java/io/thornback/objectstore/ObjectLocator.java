/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.function.LongConsumer;

/**
 * Finds objects for a client in shared memory: in the index, then among the client's own puts that are not in it yet. Any thread; waits for
 * nobody, allocates nothing.
 */
final class ObjectLocator {
    /** Not in sight; the store may know better. */
    static final long MISS = -1;

    private final ClientFiles files;
    private final OwnPuts ownPuts;

    ObjectLocator(final ClientFiles files) {
        this.files = files;
        this.ownPuts = new OwnPuts(files.cellsAddress);
    }

    /** Remembers a cell whose SEAL is committed; false if too many are in flight. */
    boolean addOwn(final ObjectId id, final long token) {
        return ownPuts.add(id, token);
    }

    /** Every own put whose SEAL the store has not applied. */
    void forEachUnapplied(final LongConsumer action) {
        ownPuts.forEachUnapplied(action);
    }

    /** Index, then own puts; pinned and confirmed. Returns slot and cell, or MISS. */
    long pin(final ClientPins table, final ObjectId id) {
        final int cell = files.index.find(id);
        if (cell != ObjectIndex.NONE) {
            final int slot = table.pin(cell, files.tick());
            Steps.reached(Step.PIN_STORED);
            // Volatile load behind the pin's CAS: see PinTableDescriptor, "Memory order".
            final long address = files.cellAddress(cell);
            final long word = CellDescriptor.wordVolatile(address);
            if (CellDescriptor.state(word) == CellDescriptor.SEALED
                    && id.equalsAddress(address + CellDescriptor.ID_OFFSET)) {
                return ((long) slot << Integer.SIZE) | cell;
            }
            table.unpin(slot);
        }
        final long token = ownPuts.find(id);
        return token == 0 ? MISS : pinOwn(table, id, token);
    }

    private long pinOwn(final ClientPins table, final ObjectId id, final long token) {
        final int cell = CellDescriptor.tokenCell(token);
        final int slot = table.pin(cell, files.tick());
        Steps.reached(Step.OWN_PIN_STORED);
        final long address = files.cellAddress(cell);
        final long word = CellDescriptor.wordVolatile(address);
        final int state = CellDescriptor.state(word);
        if (CellDescriptor.generation(word) == CellDescriptor.tokenGeneration(token)
                && (state == CellDescriptor.WRITING || state == CellDescriptor.SEALED)
                && id.equalsAddress(address + CellDescriptor.ID_OFFSET)) {
            return ((long) slot << Integer.SIZE) | cell;
        }
        table.unpin(slot);
        return MISS;
    }

    ObjectBuffer open(final ClientPins table, final ObjectBuffer buffer, final ObjectId id, final long pinned) {
        final int slot = (int) (pinned >>> Integer.SIZE);
        final long cell = files.cellAddress((int) pinned);
        final long offset = CellDescriptor.offsetPlain(cell);
        final long length = CellDescriptor.lengthPlain(cell);
        final int metadataLength = CellDescriptor.metadataLengthPlain(cell);
        final long total = CellDescriptor.sizeWithMetadata(length, metadataLength);
        if ((offset | length) < 0 || offset > files.arenaLength - total) {
            table.unpin(slot);
            throw new CorruptStoreException("object " + id + " does not fit the arena: offset=" + offset + " length="
                    + length + " arenaLength=" + files.arenaLength);
        }
        buffer.open(
                id,
                slot,
                files.arenaReadAddress + offset,
                length,
                metadataLength,
                CellDescriptor.formatPlain(cell),
                CellDescriptor.flagsPlain(cell));
        Steps.reached(Step.PIN_LOOKED);
        table.track(slot, buffer.pin());
        return buffer;
    }

    boolean isInSight(final ObjectId id) {
        final int cell = files.index.find(id);
        if (cell != ObjectIndex.NONE) {
            final long word = CellDescriptor.wordVolatile(files.cellAddress(cell));
            if (CellDescriptor.state(word) == CellDescriptor.SEALED) {
                return true;
            }
        }
        final long token = ownPuts.find(id);
        return token != 0 && isStillOwn(token);
    }

    /** Whether an own put is still there: being written or sealed, and not deleted since. */
    private boolean isStillOwn(final long token) {
        final long word = CellDescriptor.wordVolatile(files.cellAddress(CellDescriptor.tokenCell(token)));
        final int state = CellDescriptor.state(word);
        return CellDescriptor.generation(word) == CellDescriptor.tokenGeneration(token)
                && (state == CellDescriptor.WRITING || state == CellDescriptor.SEALED);
    }
}
