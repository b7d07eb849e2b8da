/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a store that died or was suspended, if a new one can go on with them: of this layout, of the configured shape, none missing or cut
 * short, and with a pin table for each client that lives. What cannot be known about a living reader cannot be guessed: without its
 * pins its memory would be given to others while it reads. Then everything begins anew, in new files, and the old ones stay mapped for
 * whoever reads them.
 */
final class FoundFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FoundFiles.class);

    final MappedFile store;
    final MappedFile cells;
    final MappedFile index;
    final MappedFile arena;

    private FoundFiles(final MappedFile store, final MappedFile cells, final MappedFile index, final MappedFile arena) {
        this.store = store;
        this.cells = cells;
        this.index = index;
        this.arena = arena;
    }

    /** Null if there are none, or they cannot be taken over; the log then says why, and what is lost. */
    static FoundFiles open(final Path directory, final StoreConfig config) {
        final Path head = directory.resolve(StoreFiles.STORE);
        if (!Files.exists(head)) {
            return null;
        }
        final List<MappedFile> open = new ArrayList<>();
        String problem;
        long objects = -1;
        try {
            final MappedFile store =
                    open(open, head, StoreDescriptor.fileLength(config.maxClients()), StoreDescriptor.MAGIC);
            objects = UnsafeApi.getLong(store.address() + StoreDescriptor.OBJECTS_OFFSET);
            checkShape(store, config);
            final long capacity = IndexDescriptor.capacityFor(config.maxObjects());
            final MappedFile cells = open(
                    open, directory.resolve(StoreFiles.CELLS), (long) config.maxObjects() * CellDescriptor.LENGTH, 0);
            final MappedFile index = open(
                    open,
                    directory.resolve(StoreFiles.INDEX),
                    IndexDescriptor.fileLength(capacity),
                    IndexDescriptor.MAGIC);
            check("capacity", UnsafeApi.getLong(index.address() + IndexDescriptor.CAPACITY_OFFSET), capacity);
            final MappedFile arena = open(open, directory.resolve(StoreFiles.ARENA), ArenaFile.fileLength(config), 0);
            for (int id = 1; id <= config.maxClients(); id++) {
                checkClient(directory, config, store.address(), id);
            }
            return new FoundFiles(store, cells, index, arena);
        } catch (final PosixException | ObjectStoreException e) {
            problem = e.getMessage();
        }
        open.forEach(MappedFile::close);
        LOG.warn(
                "the object store's files in {} cannot be taken over, a new store begins empty; objects lost: {}; reason: {}",
                directory,
                objects < 0 ? "unknown" : String.valueOf(objects),
                problem);
        return null;
    }

    /** Whose client that is. */
    static ProcessIdentity process(final long entry) {
        return new ProcessIdentity(
                UnsafeApi.getLong(entry + StoreDescriptor.PID_OFFSET),
                UnsafeApi.getLong(entry + StoreDescriptor.START_OFFSET));
    }

    /**
     * Maps a client's pin table if it is one, and that client's.
     *
     * @throws CorruptStoreException if it is not
     * @throws PosixException if there is none
     */
    static MappedFile openPinTable(
            final Path directory, final StoreConfig config, final int clientId, final ProcessIdentity process) {
        final List<MappedFile> open = new ArrayList<>(1);
        boolean complete = false;
        try {
            final MappedFile table = open(
                    open,
                    directory.resolve(StoreFiles.pinTableName(clientId)),
                    PinTableDescriptor.fileLength(config.pinSlots()),
                    PinTableDescriptor.MAGIC);
            final long address = table.address();
            check("clientId", UnsafeApi.getInt(address + PinTableDescriptor.CLIENT_ID_OFFSET), clientId);
            check("slots", UnsafeApi.getInt(address + PinTableDescriptor.SLOTS_OFFSET), config.pinSlots());
            check("pid", UnsafeApi.getLong(address + PinTableDescriptor.PID_OFFSET), process.pid());
            check("start", UnsafeApi.getLong(address + PinTableDescriptor.START_OFFSET), process.startTicks());
            complete = true;
            return table;
        } finally {
            if (!complete) {
                open.forEach(MappedFile::close);
            }
        }
    }

    private static void checkShape(final MappedFile store, final StoreConfig config) {
        final long head = store.address();
        check("arenaBytes", UnsafeApi.getLong(head + StoreDescriptor.ARENA_BYTES_OFFSET), config.arenaBytes());
        check("maxCells", UnsafeApi.getInt(head + StoreDescriptor.MAX_CELLS_OFFSET), config.maxObjects());
        check("maxClients", UnsafeApi.getInt(head + StoreDescriptor.MAX_CLIENTS_OFFSET), config.maxClients());
        check("pinSlots", UnsafeApi.getInt(head + StoreDescriptor.PIN_SLOTS_OFFSET), config.pinSlots());
        final long epoch = UnsafeApi.getLong(head + StoreDescriptor.EPOCH_OFFSET);
        if (epoch < 1 || epoch > Long.MAX_VALUE / 2) {
            throw new CorruptStoreException("epoch=" + epoch);
        }
    }

    private static void checkClient(
            final Path directory, final StoreConfig config, final long storeAddress, final int id) {
        final long entry = StoreDescriptor.clientAddress(storeAddress, id);
        final int state = UnsafeApi.getInt(entry + StoreDescriptor.STATE_OFFSET);
        if (state < StoreDescriptor.CLIENT_FREE || state > StoreDescriptor.CLIENT_CLOSING) {
            throw new CorruptStoreException("client " + id + " has state=" + state);
        }
        if (state == StoreDescriptor.CLIENT_ACTIVE && isAlive(process(entry))) {
            openPinTable(directory, config, id, process(entry)).close();
        }
    }

    /** Of what was found in memory, which may be no process at all. */
    static boolean isAlive(final ProcessIdentity process) {
        return process.pid() > 0 && process.pid() <= Integer.MAX_VALUE && process.isAlive();
    }

    /** A magic of 0: the file has no head. */
    private static MappedFile open(
            final List<MappedFile> open, final Path path, final long sizeBytes, final int magic) {
        final MappedFile file = MappedFile.open(path, sizeBytes);
        open.add(file);
        check(path.getFileName() + " bytes", file.sizeBytes(), sizeBytes);
        if (magic != 0) {
            ClientFiles.checkHead(file, magic, Long.BYTES);
        }
        return file;
    }

    private static void check(final String what, final long found, final long expected) {
        if (found != expected) {
            throw new CorruptStoreException(what + "=" + found + ", expected " + expected);
        }
    }
}
