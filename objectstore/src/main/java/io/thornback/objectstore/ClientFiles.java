/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.UnsafeApi;

/**
 * The store's files as a client maps them: head and index read-only, descriptors and its own pin table writable, the
 * arena twice. Every size is checked against the file before an address is used. Owned by the client, which closes it
 * when no view is open.
 */
final class ClientFiles implements AutoCloseable {
    final long storeAddress;
    final long cellsAddress;
    final long arenaReadAddress;
    /** The most that objects can take. */
    final long arenaBytes;
    /** Addresses of the arena: more than there are pages, see ArenaExtents. */
    final long arenaLength;

    final long epoch;
    final int maxCells;
    final int pinSlots;
    final ObjectIndex index;
    final MappedFile arenaWritable;

    final Path directory;
    private final Deque<MappedFile> open = new ArrayDeque<>();

    /**
     * Maps the store in a directory.
     *
     * @throws StoreVersionException if it has another layout
     * @throws CorruptStoreException if a header contradicts itself or its file
     */
    ClientFiles(final Path directory) {
        this.directory = directory;
        boolean complete = false;
        try {
            final MappedFile store = keep(MappedFile.openReadOnly(directory.resolve(StoreFiles.STORE)));
            storeAddress = store.address();
            checkHead(store, StoreDescriptor.MAGIC, StoreDescriptor.CLIENTS_OFFSET);
            epoch = UnsafeApi.getLong(storeAddress + StoreDescriptor.EPOCH_OFFSET);
            arenaBytes = UnsafeApi.getLong(storeAddress + StoreDescriptor.ARENA_BYTES_OFFSET);
            maxCells = UnsafeApi.getInt(storeAddress + StoreDescriptor.MAX_CELLS_OFFSET);
            pinSlots = UnsafeApi.getInt(storeAddress + StoreDescriptor.PIN_SLOTS_OFFSET);
            checkSize(maxCells > 0 && maxCells <= CellDescriptor.MAX_CELLS, store, maxCells);
            final MappedFile cells = keep(MappedFile.open(directory.resolve(StoreFiles.CELLS)));
            cellsAddress = cells.address();
            checkSize(cells.sizeBytes() >= (long) maxCells * CellDescriptor.LENGTH, cells, maxCells);
            final MappedFile indexFile = keep(MappedFile.openReadOnly(directory.resolve(StoreFiles.INDEX)));
            checkHead(indexFile, IndexDescriptor.MAGIC, IndexDescriptor.TABLES_OFFSET);
            final long capacity = UnsafeApi.getLong(indexFile.address() + IndexDescriptor.CAPACITY_OFFSET);
            checkSize(
                    Long.bitCount(capacity) == 1 && indexFile.sizeBytes() >= IndexDescriptor.fileLength(capacity),
                    indexFile,
                    capacity);
            index = new ObjectIndex(indexFile.address(), capacity, cellsAddress, maxCells);
            final MappedFile arenaRead = keep(MappedFile.openReadOnly(directory.resolve(StoreFiles.ARENA)));
            arenaWritable = keep(MappedFile.open(directory.resolve(StoreFiles.ARENA)));
            arenaReadAddress = arenaRead.address();
            checkSize(arenaBytes > 0 && arenaRead.sizeBytes() >= arenaBytes, arenaRead, arenaBytes);
            arenaLength = arenaRead.sizeBytes();
            checkSize(arenaWritable.sizeBytes() >= arenaLength, arenaWritable, arenaLength);
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /** Maps the pin table that the store has made for this client. */
    PinTable openPins(final int clientId) {
        final MappedFile pins = keep(MappedFile.open(directory.resolve(StoreFiles.pinTableName(clientId))));
        checkHead(pins, PinTableDescriptor.MAGIC, PinTableDescriptor.ENTRIES_OFFSET);
        final int slots = UnsafeApi.getInt(pins.address() + PinTableDescriptor.SLOTS_OFFSET);
        final int owner = UnsafeApi.getInt(pins.address() + PinTableDescriptor.CLIENT_ID_OFFSET);
        checkSize(slots > 0 && pins.sizeBytes() >= PinTableDescriptor.fileLength(slots), pins, slots);
        checkSize(owner == clientId, pins, owner);
        return new PinTable(pins.address(), slots);
    }

    /** Random, made with the files. */
    long incarnation() {
        return UnsafeApi.getLong(storeAddress + StoreDescriptor.INCARNATION_OFFSET);
    }

    long cellAddress(final int cell) {
        return CellDescriptor.address(cellsAddress, cell);
    }

    /** The store's clock: one load from a line that changes once a second. */
    long tick() {
        return UnsafeApi.getLongOpaque(null, storeAddress + StoreDescriptor.TICK_OFFSET);
    }

    /** A part of a pinned object as a NIO buffer that keeps its owner reachable. */
    ByteBuffer readOnlyByteBuffer(final ObjectBuffer owner, final long address, final int length) {
        return ClientPins.keptByteBuffer(owner, arenaWritable, address - arenaReadAddress, length)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A part of an object being written as a NIO buffer that keeps its owner reachable. */
    ByteBuffer writableByteBuffer(final WritableObject owner, final long address, final int length) {
        return ClientPins.writableByteBuffer(owner, arenaWritable, address - arenaWritable.address(), length)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private MappedFile keep(final MappedFile file) {
        open.push(file);
        return file;
    }

    static void checkHead(final MappedFile file, final int magic, final int headLength) {
        if (file.sizeBytes() < headLength) {
            throw new CorruptStoreException(file.path() + " is shorter than its header: bytes=" + file.sizeBytes());
        }
        // All heads begin with magic and version. Acquire; partner: the release by which the store publishes the file.
        final int version = UnsafeApi.getIntAcquire(null, file.address() + StoreDescriptor.VERSION_OFFSET);
        if (version == 0) {
            throw new StoreUnavailableException(file.path() + " is not ready", "wait until the store has started");
        }
        if (version != StoreDescriptor.LAYOUT_VERSION) {
            throw new StoreVersionException("layout", version, StoreDescriptor.LAYOUT_VERSION);
        }
        final int found = UnsafeApi.getInt(file.address() + StoreDescriptor.MAGIC_OFFSET);
        if (found != magic) {
            throw new CorruptStoreException(file.path() + " has a wrong magic: found=" + Integer.toHexString(found)
                    + " expected=" + Integer.toHexString(magic));
        }
    }

    private static void checkSize(final boolean fits, final MappedFile file, final long value) {
        if (!fits) {
            throw new CorruptStoreException(
                    file.path() + " contradicts its header: bytes=" + file.sizeBytes() + " value=" + value);
        }
    }
}
