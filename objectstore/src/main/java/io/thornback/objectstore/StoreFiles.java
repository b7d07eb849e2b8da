/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.OwnerLock;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.SharedMemoryFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.UnsafeApi;

/**
 * The store's files as their owner makes and holds them. One owner at a time, by a lock that the kernel holds. What a dead owner
 * left is deleted and made anew: what it held is lost, and its clients, which still map the old files, find its lane dead.
 */
final class StoreFiles implements AutoCloseable {
    static final String DIRECTORY = "store";
    static final String STORE = "store.dat";
    static final String CELLS = "cells.dat";
    static final String INDEX = "index.dat";
    static final String ARENA = "arena.dat";
    static final String LOCK = "store.lock";

    final long storeAddress;
    final long cellsAddress;
    final long indexAddress;
    final long indexCapacity;

    private final StoreConfig config;
    private final Path directory;
    private final OwnerLock lock;
    private final ArenaFile arena;
    private final Deque<MappedFile> open = new ArrayDeque<>();

    /**
     * Makes the files; {@link #publish} then lets clients in.
     *
     * @throws StoreOwnedException if a living process owns the directory
     * @throws SharedMemoryFullException if the file system has no room for the descriptors and the index
     */
    StoreFiles(final StoreConfig config) {
        this.config = config;
        this.directory = config.shmDir().resolve(DIRECTORY);
        createDirectory(directory);
        lock = OwnerLock.tryAcquire(directory.resolve(LOCK))
                .orElseThrow(() -> new StoreOwnedException(
                        directory.toString(),
                        "pid="
                                + OwnerLock.holder(directory.resolve(LOCK))
                                        .map(String::valueOf)
                                        .orElse("unknown")));
        boolean complete = false;
        try {
            final long epoch = 1 + previousEpoch();
            deleteStale();
            indexCapacity = IndexDescriptor.capacityFor(config.maxObjects());
            final MappedFile store =
                    keep(MappedFile.create(directory.resolve(STORE), StoreDescriptor.fileLength(config.maxClients())));
            final MappedFile cells = keep(
                    MappedFile.create(directory.resolve(CELLS), (long) config.maxObjects() * CellDescriptor.LENGTH));
            final MappedFile index =
                    keep(MappedFile.create(directory.resolve(INDEX), IndexDescriptor.fileLength(indexCapacity)));
            arena = new ArenaFile(
                    keep(MappedFile.createSparse(directory.resolve(ARENA), ArenaFile.fileLength(config.arenaBytes()))),
                    config.arenaBytes());
            storeAddress = store.address();
            cellsAddress = cells.address();
            indexAddress = index.address();
            ObjectIndexWriter.initialise(indexAddress, indexCapacity);
            writeHead(epoch);
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    static String pinTableName(final int clientId) {
        return "client-" + clientId + ".dat";
    }

    /** Last: the version says that everything else is there. Release; partner: ClientFiles.checkHead. */
    void publish() {
        UnsafeApi.putIntRelease(null, storeAddress + StoreDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION);
    }

    ArenaFile arena() {
        return arena;
    }

    /** Makes and fills the pin table of a client. */
    MappedFile createPinTable(final int clientId, final ProcessIdentity owner) {
        final Path path = directory.resolve(pinTableName(clientId));
        final MappedFile file = MappedFile.create(path, PinTableDescriptor.fileLength(config.pinSlots()));
        final long address = file.address();
        UnsafeApi.putInt(address + PinTableDescriptor.MAGIC_OFFSET, PinTableDescriptor.MAGIC);
        UnsafeApi.putInt(address + PinTableDescriptor.CLIENT_ID_OFFSET, clientId);
        UnsafeApi.putInt(address + PinTableDescriptor.SLOTS_OFFSET, config.pinSlots());
        UnsafeApi.putLong(address + PinTableDescriptor.PID_OFFSET, owner.pid());
        UnsafeApi.putLong(address + PinTableDescriptor.START_OFFSET, owner.startTicks());
        UnsafeApi.putIntRelease(null, address + PinTableDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION);
        return file;
    }

    /** Unmaps and deletes a pin table. */
    static void deletePinTable(final MappedFile file) {
        file.close();
        delete(file.path());
    }

    long epoch() {
        return UnsafeApi.getLong(storeAddress + StoreDescriptor.EPOCH_OFFSET);
    }

    /** Random, made with the files. */
    long incarnation() {
        return UnsafeApi.getLong(storeAddress + StoreDescriptor.INCARNATION_OFFSET);
    }

    /** Where the files are. */
    Path directory() {
        return directory;
    }

    /** Unmaps and deletes the files, then lets the directory go. Clients that map them are not disturbed. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        deleteStale();
        lock.close();
    }

    private void writeHead(final long epoch) {
        final ProcessIdentity owner = ProcessIdentity.current();
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAGIC_OFFSET, StoreDescriptor.MAGIC);
        UnsafeApi.putLong(storeAddress + StoreDescriptor.EPOCH_OFFSET, epoch);
        UnsafeApi.putLong(storeAddress + StoreDescriptor.INCARNATION_OFFSET, new SecureRandom().nextLong());
        UnsafeApi.putLong(storeAddress + StoreDescriptor.OWNER_PID_OFFSET, owner.pid());
        UnsafeApi.putLong(storeAddress + StoreDescriptor.OWNER_START_OFFSET, owner.startTicks());
        UnsafeApi.putLong(storeAddress + StoreDescriptor.ARENA_BYTES_OFFSET, config.arenaBytes());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAX_CELLS_OFFSET, config.maxObjects());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAX_CLIENTS_OFFSET, config.maxClients());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.PIN_SLOTS_OFFSET, config.pinSlots());
    }

    /** Of the store that was here before; 0 if there was none, or its head cannot be read. */
    private long previousEpoch() {
        final Path path = directory.resolve(STORE);
        if (!Files.exists(path)) {
            return 0;
        }
        try (MappedFile file = MappedFile.openReadOnly(path, StoreDescriptor.CLIENTS_OFFSET)) {
            final boolean known =
                    UnsafeApi.getInt(file.address() + StoreDescriptor.MAGIC_OFFSET) == StoreDescriptor.MAGIC
                            && UnsafeApi.getInt(file.address() + StoreDescriptor.VERSION_OFFSET)
                                    == StoreDescriptor.LAYOUT_VERSION;
            return known ? UnsafeApi.getLong(file.address() + StoreDescriptor.EPOCH_OFFSET) : 0;
        } catch (final PosixException e) {
            return 0;
        }
    }

    private void deleteStale() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.dat")) {
            files.forEach(StoreFiles::delete);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    private static void delete(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }

    private static void createDirectory(final Path path) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot make " + path, e);
        }
    }

    private MappedFile keep(final MappedFile file) {
        open.push(file);
        return file;
    }
}
