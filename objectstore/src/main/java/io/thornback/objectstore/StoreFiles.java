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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's files as their owner makes and holds them. One owner at a time, by a lock that the kernel holds. What a dead owner
 * left is taken over if it fits, see {@link FoundFiles}; otherwise it is deleted and made anew: what it held is lost, and its clients, which
 * still map the old files, can read on and do nothing else.
 */
final class StoreFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

    static final String DIRECTORY = "store";
    static final String STORE = "store.dat";
    static final String CELLS = "cells.dat";
    static final String INDEX = "index.dat";
    static final String ARENA = "arena.dat";
    static final String DELETES = "deletes.dat";
    static final String LOCK = "store.lock";

    final long storeAddress;
    final long cellsAddress;
    final long indexAddress;
    final long indexCapacity;
    final long deletesAddress;
    /** A dead store's files were taken over. */
    final boolean recovered;

    private final StoreConfig config;
    private final Path directory;
    private final OwnerLock lock;
    private final ArenaFile arena;
    private final Deque<MappedFile> open = new ArrayDeque<>();

    /**
     * Takes over or makes the files; {@link #publish} then lets clients in.
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
            final FoundFiles found = FoundFiles.open(directory, config);
            final long epoch = 1 + previousEpoch();
            recovered = found != null;
            if (!recovered) {
                deleteStale();
            }
            indexCapacity = IndexDescriptor.capacityFor(config.maxObjects());
            final MappedFile store = keep(
                    recovered
                            ? found.store
                            : MappedFile.create(
                                    directory.resolve(STORE), StoreDescriptor.fileLength(config.maxClients())));
            final MappedFile cells = keep(
                    recovered
                            ? found.cells
                            : MappedFile.create(
                                    directory.resolve(CELLS), (long) config.maxObjects() * CellDescriptor.LENGTH));
            final MappedFile index = keep(
                    recovered
                            ? found.index
                            : MappedFile.create(directory.resolve(INDEX), IndexDescriptor.fileLength(indexCapacity)));
            final MappedFile arenaFile =
                    keep(recovered ? found.arena : ArenaFile.create(directory.resolve(ARENA), config));
            arena = new ArenaFile(arenaFile, config);
            storeAddress = store.address();
            cellsAddress = cells.address();
            indexAddress = index.address();
            deletesAddress = openDeletes();
            if (recovered) {
                takeOver(epoch);
            } else {
                ObjectIndexWriter.initialise(indexAddress, indexCapacity);
                writeHead(epoch);
            }
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

    /** Maps the pin table of a client of the store before; a new one if it has none, which only a dead client's may. */
    MappedFile reopenPinTable(final int clientId, final ProcessIdentity owner) {
        try {
            return FoundFiles.openPinTable(directory, config, clientId, owner);
        } catch (final PosixException | ObjectStoreException e) {
            LOG.debug("client {} of {} has no pin table any more: {}", clientId, owner, e.getMessage());
            deletePinTable(clientId);
            return createPinTable(clientId, owner);
        }
    }

    /** Deletes what there may be of a client that was not quite admitted, or had quite left. */
    void deletePinTable(final int clientId) {
        delete(directory.resolve(pinTableName(clientId)));
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

    /** The store cannot be opened: what was found stays, what was made here goes. */
    void abandon() {
        if (recovered) {
            suspend();
        } else {
            close();
        }
    }

    /** Unmaps the files and lets the directory go; the next store goes on with them. */
    void suspend() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        lock.close();
    }

    private void writeHead(final long epoch) {
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAGIC_OFFSET, StoreDescriptor.MAGIC);
        UnsafeApi.putLong(storeAddress + StoreDescriptor.INCARNATION_OFFSET, new SecureRandom().nextLong());
        writeOwner(epoch);
        UnsafeApi.putLong(storeAddress + StoreDescriptor.ARENA_BYTES_OFFSET, config.arenaBytes());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAX_CELLS_OFFSET, config.maxObjects());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.MAX_CLIENTS_OFFSET, config.maxClients());
        UnsafeApi.putInt(storeAddress + StoreDescriptor.PIN_SLOTS_OFFSET, config.pinSlots());
    }

    /** The version stays as it is, above all: clients that map the files go on reading. */
    private void takeOver(final long epoch) {
        Steps.reached(Step.RECOVERY_BEGUN);
        writeOwner(epoch);
        Steps.reached(Step.RECOVERY_EPOCH_RAISED);
        final long restarts = UnsafeApi.getLong(storeAddress + StoreDescriptor.RESTARTS_OFFSET);
        UnsafeApi.putLongRelease(null, storeAddress + StoreDescriptor.RESTARTS_OFFSET, restarts + 1);
    }

    private void writeOwner(final long epoch) {
        final ProcessIdentity owner = ProcessIdentity.current();
        UnsafeApi.putLong(storeAddress + StoreDescriptor.EPOCH_OFFSET, epoch);
        UnsafeApi.putLong(storeAddress + StoreDescriptor.OWNER_PID_OFFSET, owner.pid());
        UnsafeApi.putLong(storeAddress + StoreDescriptor.OWNER_START_OFFSET, owner.startTicks());
    }

    /** Of the store before, if it is sound; nobody else maps it. */
    private long openDeletes() {
        final Path path = directory.resolve(DELETES);
        if (recovered) {
            try {
                final MappedFile found = keep(MappedFile.open(path, DeleteLogDescriptor.fileLength()));
                ClientFiles.checkHead(found, DeleteLogDescriptor.MAGIC, Long.BYTES);
                return found.address();
            } catch (final PosixException | ObjectStoreException e) {
                LOG.warn(
                        "{} is not usable, deletes that the store before had not finished are lost: {}",
                        path,
                        e.getMessage());
                delete(path);
            }
        }
        final MappedFile made = keep(MappedFile.create(path, DeleteLogDescriptor.fileLength()));
        DeleteLog.initialise(made.address());
        return made.address();
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

    static void delete(final Path path) {
        try {
            if (Files.isSymbolicLink(path)) {
                Files.deleteIfExists(Files.readSymbolicLink(path));
            }
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
