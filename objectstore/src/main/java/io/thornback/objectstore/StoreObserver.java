/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;
import org.agrona.collections.Int2IntCounterMap;

/**
 * A store's files mapped read-only by somebody who is not its client: head, descriptors, pin tables. Whoever looks sees each field whole and
 * no two at one instant; lengths found there are checked before they are used. One thread.
 */
final class StoreObserver implements AutoCloseable {
    final long storeAddress;
    final long arenaBytes;
    /** Addresses of the arena, more than its bytes. */
    final long arenaLength;

    final int maxClients;

    private final Path directory;
    private final long cellsAddress;
    private final int cells;
    private final Deque<MappedFile> open = new ArrayDeque<>();
    /** By cell. */
    private final Int2IntCounterMap pins = new Int2IntCounterMap(0);
    /** By client. */
    private final Int2IntCounterMap pinsOfClient = new Int2IntCounterMap(0);

    StoreObserver(final Path shmDir) {
        directory = shmDir.resolve(StoreFiles.DIRECTORY);
        boolean complete = false;
        try {
            final MappedFile store = keep(MappedFile.openReadOnly(directory.resolve(StoreFiles.STORE)));
            ClientFiles.checkHead(store, StoreDescriptor.MAGIC, StoreDescriptor.CLIENTS_OFFSET);
            storeAddress = store.address();
            arenaBytes = UnsafeApi.getLong(storeAddress + StoreDescriptor.ARENA_BYTES_OFFSET);
            arenaLength = directory.resolve(StoreFiles.ARENA).toFile().length();
            maxClients = (int) Math.min(
                    UnsafeApi.getInt(storeAddress + StoreDescriptor.MAX_CLIENTS_OFFSET),
                    (store.sizeBytes() - StoreDescriptor.CLIENTS_OFFSET) / StoreDescriptor.CLIENT_LENGTH);
            final MappedFile cellsFile = keep(MappedFile.openReadOnly(directory.resolve(StoreFiles.CELLS)));
            cellsAddress = cellsFile.address();
            cells = (int) Math.min(
                    UnsafeApi.getIntAcquire(null, storeAddress + StoreDescriptor.CELLS_HIGH_OFFSET),
                    cellsFile.sizeBytes() / CellDescriptor.LENGTH);
            for (int client = 1; client <= maxClients; client++) {
                if (isClient(client)) {
                    countPins(client);
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    boolean isClient(final int client) {
        return UnsafeApi.getIntAcquire(null, entry(client) + StoreDescriptor.STATE_OFFSET)
                != StoreDescriptor.CLIENT_FREE;
    }

    int jobOf(final int client) {
        return client < 1 || client > maxClients ? 0 : UnsafeApi.getInt(entry(client) + StoreDescriptor.JOB_OFFSET);
    }

    ProcessIdentity processOf(final int client) {
        return new ProcessIdentity(
                UnsafeApi.getLong(entry(client) + StoreDescriptor.PID_OFFSET),
                UnsafeApi.getLong(entry(client) + StoreDescriptor.START_OFFSET));
    }

    String inboxOf(final int client) {
        final int length = UnsafeApi.getInt(entry(client) + StoreDescriptor.INBOX_LENGTH_OFFSET);
        final byte[] name = new byte[Math.max(0, Math.min(length, StoreDescriptor.INBOX_LENGTH))];
        for (int i = 0; i < name.length; i++) {
            name[i] = UnsafeApi.getByte(entry(client) + StoreDescriptor.INBOX_OFFSET + i);
        }
        return new String(name, StandardCharsets.UTF_8);
    }

    /** Buffers that the client has open. */
    int pinsOf(final int client) {
        return pinsOfClient.get(client);
    }

    /** Every cell that is not FREE, in the order of the descriptors. */
    void forEachCell(final Consumer<MemoryObject> action) {
        for (int cell = 0; cell < cells; cell++) {
            final long address = CellDescriptor.address(cellsAddress, cell);
            final long word = CellDescriptor.wordVolatile(address);
            if (CellDescriptor.state(word) != CellDescriptor.FREE) {
                action.accept(object(cell, address, word));
            }
        }
    }

    /** Where the cell's memory is. */
    long offsetOf(final MemoryObject object) {
        return CellDescriptor.offsetPlain(CellDescriptor.address(cellsAddress, object.cell()));
    }

    /** Which cell of its slab it is, or -1 for an extent. */
    int slabPlaceOf(final MemoryObject object) {
        return CellDescriptor.slabPlacePlain(CellDescriptor.address(cellsAddress, object.cell()));
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private MemoryObject object(final int cell, final long address, final long word) {
        final int state = CellDescriptor.state(word);
        final int client = CellDescriptor.client(word);
        // Before SEALED its client may be writing the header.
        final boolean isComplete = state != CellDescriptor.LEASED && state != CellDescriptor.WRITING;
        final ObjectId id = isComplete ? ObjectId.ofAddress(address + CellDescriptor.ID_OFFSET) : null;
        return new MemoryObject(
                id,
                CellDescriptor.stateName(state),
                isComplete ? CellDescriptor.lengthPlain(address) : 0,
                isComplete ? CellDescriptor.metadataLengthPlain(address) : 0,
                CellDescriptor.capacityPlain(address),
                client,
                isComplete ? id.jobId() : jobOf(client),
                pins.get(cell),
                isComplete && (CellDescriptor.flagsPlain(address) & CellDescriptor.COPY) != 0,
                cell);
    }

    private void countPins(final int client) {
        try (MappedFile table = MappedFile.openReadOnly(
                directory.resolve(StoreFiles.pinTableName(client)), PinTableDescriptor.ENTRIES_OFFSET)) {
            final long slots =
                    (table.sizeBytes() - PinTableDescriptor.ENTRIES_OFFSET) / PinTableDescriptor.ENTRY_LENGTH;
            final long highWater =
                    UnsafeApi.getLongVolatile(null, table.address() + PinTableDescriptor.HIGH_WATER_OFFSET);
            for (int slot = 0; slot < Math.min(highWater, slots); slot++) {
                final long pin = UnsafeApi.getLongVolatile(null, PinTableDescriptor.pinAddress(table.address(), slot));
                if (pin > 0 && pin <= cells) {
                    pins.incrementAndGet((int) pin - 1);
                    pinsOfClient.incrementAndGet(client);
                }
            }
        } catch (final PosixException e) {
            // It has left since its entry was read: it pins nothing.
            pinsOfClient.remove(client);
        }
    }

    private long entry(final int client) {
        return StoreDescriptor.clientAddress(storeAddress, client);
    }

    private MappedFile keep(final MappedFile file) {
        open.push(file);
        return file;
    }
}
