/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.agrona.UnsafeApi;

/**
 * Compares everything in the store's files with everything else, while nobody works: cells, index, counters, client table, pin tables. Finds what a crash could have
 * leaked.
 */
final class TortureAudit implements AutoCloseable {
    private final Path directory;
    private final MappedFile store;
    private final MappedFile cells;
    private final MappedFile index;
    private final List<String> complaints = new ArrayList<>();
    private final Map<Integer, Integer> pinsByCell = new HashMap<>();
    private final Map<Integer, Long> leasedByClient = new HashMap<>();
    private final TreeMap<Long, Long> memory = new TreeMap<>();
    private long used;
    private long leased;
    private long sealed;
    private long doomed;

    TortureAudit(final Path shmDir) {
        directory = shmDir.resolve(StoreFiles.DIRECTORY);
        store = MappedFile.openReadOnly(directory.resolve(StoreFiles.STORE));
        cells = MappedFile.openReadOnly(directory.resolve(StoreFiles.CELLS));
        index = MappedFile.openReadOnly(directory.resolve(StoreFiles.INDEX));
    }

    /**
     * Looks at everything once.
     *
     * @param pinsOf for each client that there should be, the buffers that it says it has open
     * @param mayBeThere whether the object of this number can be in the store
     * @return what is wrong; some of it may be right in a moment
     */
    List<String> run(final Map<Integer, Integer> pinsOf, final LongPredicate mayBeThere) {
        countPins(pinsOf);
        final int high = UnsafeApi.getIntAcquire(null, store.address() + StoreDescriptor.CELLS_HIGH_OFFSET);
        final ObjectIndex lookup = new ObjectIndex(
                index.address(),
                UnsafeApi.getLong(index.address() + IndexDescriptor.CAPACITY_OFFSET),
                cells.address(),
                (int) (cells.sizeBytes() / CellDescriptor.LENGTH));
        for (int cell = 0; cell < high; cell++) {
            audit(cell, pinsOf, lookup, mayBeThere);
        }
        final StoreCounters counters = StoreCounters.read(store.address());
        equal("usedBytes", used, counters.usedBytes());
        equal("leasedBytes", leased, counters.leasedBytes());
        equal("objects", sealed, counters.objects());
        equal("doomed", doomed, counters.doomed());
        equal("clients", pinsOf.size(), counters.clients());
        equal("badMessages", 0, counters.badMessages());
        equal("lostTotal", 0, counters.lostTotal());
        clientTable(pinsOf);
        return complaints;
    }

    @Override
    public void close() {
        store.close();
        cells.close();
        index.close();
    }

    private void audit(
            final int cell,
            final Map<Integer, Integer> pinsOf,
            final ObjectIndex lookup,
            final LongPredicate mayBeThere) {
        final long address = CellDescriptor.address(cells.address(), cell);
        final long word = CellDescriptor.wordVolatile(address);
        final int state = CellDescriptor.state(word);
        final int client = CellDescriptor.client(word);
        final String name = "cell " + cell + " " + CellDescriptor.stateName(state) + " client=" + client
                + " generation=" + CellDescriptor.generation(word);
        final long capacity = CellDescriptor.capacityPlain(address);
        switch (state) {
            case CellDescriptor.FREE -> {
                complainIf(pinsByCell.containsKey(cell), name + " is pinned");
                return;
            }
            case CellDescriptor.LEASED, CellDescriptor.WRITING -> {
                complainIf(!pinsOf.containsKey(client), name + " belongs to nobody");
                leased += capacity;
                leasedByClient.merge(client, capacity, Long::sum);
            }
            case CellDescriptor.SEALED -> {
                used += capacity;
                sealed++;
                auditSealed(cell, address, name, lookup, mayBeThere);
            }
            case CellDescriptor.DOOMED -> {
                complainIf(!pinsByCell.containsKey(cell), name + " is not pinned, and not freed");
                used += capacity;
                doomed++;
            }
            default -> complaints.add(name + " should be in no such state at rest");
        }
        occupy(name, CellDescriptor.offsetPlain(address), capacity);
    }

    private void auditSealed(
            final int cell,
            final long address,
            final String name,
            final ObjectIndex lookup,
            final LongPredicate mayBeThere) {
        final ObjectId id = ObjectId.ofAddress(address + CellDescriptor.ID_OFFSET);
        final int found = lookup.find(id);
        complainIf(found != cell, name + " of object " + id + ": the index says " + found);
        complainIf(
                CellDescriptor.checksumPlain(address) != CellDescriptor.checksum(address),
                name + " of object " + id + " has a wrong checksum");
        if (id.jobId() == TortureObjects.JOB) {
            final long number = TortureObjects.number(address);
            complainIf(!mayBeThere.test(number), name + " of object " + Long.toHexString(number) + " should be gone");
        }
    }

    private void occupy(final String name, final long offset, final long capacity) {
        final Map.Entry<Long, Long> below = memory.floorEntry(offset);
        final Map.Entry<Long, Long> above = memory.ceilingEntry(offset);
        complainIf(
                capacity <= 0
                        || (below != null && below.getValue() > offset)
                        || (above != null && above.getKey() < offset + capacity),
                name + " shares memory with another: offset=" + offset + " capacity=" + capacity);
        memory.put(offset, offset + capacity);
    }

    private void countPins(final Map<Integer, Integer> pinsOf) {
        for (int client = 1; client <= TortureStoreMain.MAX_CLIENTS; client++) {
            final Path path = directory.resolve(StoreFiles.pinTableName(client));
            if (!pinsOf.containsKey(client)) {
                complainIf(Files.exists(path), path.getFileName() + " is left of a client that is gone");
                continue;
            }
            try (MappedFile table = MappedFile.openReadOnly(path)) {
                int pins = 0;
                for (int slot = 0; slot < TortureStoreMain.PIN_SLOTS; slot++) {
                    final long pin =
                            UnsafeApi.getLongVolatile(null, PinTableDescriptor.pinAddress(table.address(), slot));
                    if (pin != 0) {
                        pinsByCell.merge((int) pin - 1, 1, Integer::sum);
                        pins++;
                    }
                }
                equal("pins of client " + client, pinsOf.get(client), pins);
            } catch (final PosixException e) {
                complaints.add("no pin table of client " + client + ": " + e.getMessage());
            }
        }
    }

    private void clientTable(final Map<Integer, Integer> pinsOf) {
        for (int client = 1; client <= TortureStoreMain.MAX_CLIENTS; client++) {
            final long entry = StoreDescriptor.clientAddress(store.address(), client);
            final int state = UnsafeApi.getIntAcquire(null, entry + StoreDescriptor.STATE_OFFSET);
            final int expected =
                    pinsOf.containsKey(client) ? StoreDescriptor.CLIENT_ACTIVE : StoreDescriptor.CLIENT_FREE;
            equal("state of client " + client, expected, state);
            if (state == StoreDescriptor.CLIENT_ACTIVE) {
                equal(
                        "leased bytes of client " + client,
                        leasedByClient.getOrDefault(client, 0L),
                        UnsafeApi.getLongAcquire(null, entry + StoreDescriptor.LEASED_OFFSET));
            }
        }
    }

    private void equal(final String what, final long expected, final long found) {
        complainIf(expected != found, what + ": expected " + expected + ", found " + found);
    }

    private void complainIf(final boolean wrong, final String what) {
        if (wrong) {
            complaints.add(what);
        }
    }
}
