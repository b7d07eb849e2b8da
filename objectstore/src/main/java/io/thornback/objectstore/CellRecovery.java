/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.UnsafeApi;
import org.agrona.collections.IntHashSet;

/**
 * Derives everything that a store keeps on its heap, and the index, from the descriptors that a dead store left. The living clients of that store go on
 * meanwhile: they read, pin, take leases to WRITING and write headers; what is written here is written as in a running store.
 *
 * <p>Two walks over the descriptors that were ever used. The first finds out whose memory is whose: sealed objects first, whose checksum vouches for their
 * place, then cells that are being written or are doomed. Where two claim one memory, at least one of them is torn, and neither is served. The second
 * gives each cell its state.
 *
 * <p>A cell that cannot be right is quarantined: DOOMED, in no list, its memory, if it can have any, given to nobody while this store runs. One thread.
 */
final class CellRecovery {
    private static final int STORE_CLIENT = 0;

    private final StoreParts parts;
    private final StoreFiles files;
    private final CellTable cells;
    private final long arenaBytes;
    private final IntHashSet bad = new IntHashSet();
    /** Cells whose memory has been looked at: not those that were LEASED then. */
    private final BitSet claimed = new BitSet();

    private final List<long[]> contested = new ArrayList<>();

    private int objects;
    private int doomed;
    private int writing;
    private int freed;
    private int lost;

    CellRecovery(final StoreParts parts) {
        this.parts = parts;
        this.files = parts.files();
        this.cells = parts.cells();
        this.arenaBytes = files.arena().addressBytes();
    }

    /** Sessions are there already. */
    void run() {
        final int high = high();
        claimMemory(high, true);
        claimMemory(high, false);
        cells.beginRecovery(high);
        parts.index().beginRecovery();
        for (int cell = high - 1; cell >= 0; cell--) {
            settle(cell);
        }
        Steps.reached(Step.RECOVERY_CELLS_SETTLED);
        parts.index().endRecovery();
        Steps.reached(Step.RECOVERY_INDEX_PUBLISHED);
        cells.endRecovery();
    }

    int objects() {
        return objects;
    }

    int doomed() {
        return doomed;
    }

    int writing() {
        return writing;
    }

    /** LEASED, or WRITING by somebody who is gone. */
    int freed() {
        return freed;
    }

    int quarantined() {
        return bad.size();
    }

    /** Of the quarantined, those that were sealed objects. */
    int lost() {
        return lost;
    }

    /** Behind it every descriptor is zero, or the number in the head is wrong: then all are looked at. */
    private int high() {
        final int found = UnsafeApi.getInt(files.storeAddress + StoreDescriptor.CELLS_HIGH_OFFSET);
        final boolean plausible =
                found >= 0 && cells.isCell(Math.max(0, found - 1)) && (!cells.isCell(found) || cells.word(found) == 0);
        int high = plausible ? found : cells.maxCells();
        while (!plausible && high > 0 && cells.word(high - 1) == 0) {
            high--;
        }
        return high;
    }

    private void claimMemory(final int high, final boolean sealed) {
        for (int cell = 0; cell < high; cell++) {
            final int state = CellDescriptor.state(cells.word(cell));
            final boolean isObject = state == CellDescriptor.SEALED || state == CellDescriptor.EVICTING;
            if (state != CellDescriptor.FREE && state != CellDescriptor.LEASED) {
                final boolean isSound = isObject && isSound(cell);
                if (isSound == sealed) {
                    claim(cell, state, (isObject && !isSound) || state > CellDescriptor.DOOMED);
                }
            }
        }
    }

    private void claim(final int cell, final int state, final boolean isBad) {
        claimed.set(cell);
        if (isBad) {
            bad.add(cell);
        }
        if (state == CellDescriptor.WRITING && !isKept(cells.word(cell))) {
            return; // will be free
        }
        final long address = cells.address(cell);
        final long offset = CellDescriptor.offsetPlain(address);
        final long capacity = CellDescriptor.capacityPlain(address);
        if (!cells.claimMemory(cell, offset, capacity, CellDescriptor.slabPlacePlain(address))) {
            bad.add(cell);
            if (!isBad && offset >= 0 && offset <= arenaBytes - capacity) {
                contested.add(new long[] {offset, offset + capacity});
            }
        }
    }

    /** What a client and the store wrote agrees with the checksum, and lies in the arena. */
    private boolean isSound(final int cell) {
        final long address = cells.address(cell);
        final long offset = CellDescriptor.offsetPlain(address);
        final long capacity = CellDescriptor.capacityPlain(address);
        final long size = CellDescriptor.sizeWithMetadata(
                CellDescriptor.lengthPlain(address), CellDescriptor.metadataLengthPlain(address));
        return CellDescriptor.checksumPlain(address) == CellDescriptor.checksum(address)
                && size <= capacity
                && offset >= 0
                && offset <= arenaBytes - capacity;
    }

    private boolean isKept(final long word) {
        final int client = CellDescriptor.client(word);
        return client != STORE_CLIENT && parts.clients().find(client) != null;
    }

    private void settle(final int cell) {
        long word = cells.word(cell);
        if (CellDescriptor.state(word) == CellDescriptor.LEASED) {
            if (cells.freeFoundLease(cell, word)) {
                freed++;
                return;
            }
            word = cells.word(cell);
        }
        final int state = CellDescriptor.state(word);
        if (state == CellDescriptor.WRITING && !claimed.get(cell)) {
            claim(cell, state, false); // its client has begun to write since the first walk
        }
        if (!bad.contains(cell) && !contested.isEmpty() && state == CellDescriptor.SEALED && isContested(cell)) {
            bad.add(cell);
        }
        if (bad.contains(cell)) {
            lost += state == CellDescriptor.SEALED || state == CellDescriptor.EVICTING ? 1 : 0;
            cells.quarantine(cell);
            return;
        }
        switch (state) {
            case CellDescriptor.WRITING -> settleWriting(cell, word);
            case CellDescriptor.SEALED -> settleObject(cell);
            case CellDescriptor.EVICTING -> {
                cells.unevict(cell);
                settleObject(cell);
            }
            case CellDescriptor.DOOMED -> settleDoomed(cell);
            default -> cells.adoptFree(cell);
        }
    }

    private void settleWriting(final int cell, final long word) {
        if (isKept(word)) {
            cells.adoptWriting(parts.clients().find(CellDescriptor.client(word)), cell);
            writing++;
        } else {
            cells.freeFoundWriting(cell);
            freed++;
        }
    }

    private void settleObject(final int cell) {
        final ObjectId id = id(cell);
        cells.adoptUsed(cell, id);
        if (parts.index().recover(id, cell)) {
            parts.residency().recovered(id, cell);
            if ((CellDescriptor.flagsPlain(cells.address(cell)) & CellDescriptor.CONTAINER) != 0) {
                parts.holds().contains(id, Contents.read(files.arena(), cells.address(cell)));
            }
            objects++;
        } else {
            // No store seals an id twice. One of the two is not what it says it is; the other is served.
            cells.doom(cell);
            parts.doomed().add(cell);
            doomed++;
        }
    }

    private void settleDoomed(final int cell) {
        cells.adoptUsed(cell, id(cell));
        parts.doomed().add(cell);
        doomed++;
    }

    private ObjectId id(final int cell) {
        return ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET);
    }

    private boolean isContested(final int cell) {
        final long address = cells.address(cell);
        final long offset = CellDescriptor.offsetPlain(address);
        final long end = offset + CellDescriptor.capacityPlain(address);
        for (final long[] range : contested) {
            if (offset < range[1] && range[0] < end) {
                return true;
            }
        }
        return false;
    }
}
