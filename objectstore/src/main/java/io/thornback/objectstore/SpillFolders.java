/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.OwnerLock;
import io.thornback.posix.PosixException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders in which one store keeps its spill files: {@code store-<incarnation>} in each configured directory, with a lock that the kernel holds while the
 * store lives, and a note that says where the store is. A folder whose lock is free and whose store is not where the note says is an orphan and is deleted; one whose store
 * has only died, and may be started again over the files it left in shared memory, is not touched. One thread at a time.
 */
final class SpillFolders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpillFolders.class);
    private static final String PREFIX = "store-";
    private static final String LOCK = "owner.lock";
    private static final String HOME = "home";
    private static final String FILE_PREFIX = "spill-";
    private static final String FILE_SUFFIX = ".dat";

    private final List<Path> directories;
    private final Path home;
    private final String name;
    private final long incarnation;
    private final List<OwnerLock> locks = new ArrayList<>();
    private final List<Path> locked = new ArrayList<>();

    /**
     * Does not touch the disk.
     *
     * @param storeFile the store's head, in shared memory
     * @param incarnation what stands in it
     */
    SpillFolders(final List<Path> directories, final Path storeFile, final long incarnation) {
        this.directories = directories;
        this.home = storeFile.toAbsolutePath();
        this.incarnation = incarnation;
        this.name = PREFIX + Long.toHexString(incarnation);
    }

    int count() {
        return directories.size();
    }

    /** This store's folder in a directory. */
    Path folder(final int directory) {
        return directories.get(directory).resolve(name);
    }

    Path file(final int directory, final int fileNumber) {
        return folder(directory).resolve(FILE_PREFIX + fileNumber + FILE_SUFFIX);
    }

    /** The number of a spill file, or -1 if this is the name of something else. */
    static int fileNumber(final Path file) {
        final String text = file.getFileName().toString();
        if (!text.matches(FILE_PREFIX + "\\d{1,7}\\" + FILE_SUFFIX)) {
            return -1;
        }
        return Integer.parseInt(text.substring(FILE_PREFIX.length(), text.length() - FILE_SUFFIX.length()));
    }

    /** Makes this store's folder in a directory, and locks it; does nothing if it is there. */
    void make(final int directory) throws IOException {
        final Path folder = folder(directory);
        if (locked.contains(folder) && Files.isDirectory(folder)) {
            return;
        }
        final var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(directories.get(directory), mode);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, mode);
        }
        try {
            final Optional<OwnerLock> lock = OwnerLock.tryAcquire(folder.resolve(LOCK));
            if (lock.isEmpty()) {
                throw new IOException(folder + " is locked by another process");
            }
            locks.add(lock.get());
            locked.add(folder);
        } catch (final PosixException e) {
            throw new IOException(e.getMessage(), e);
        }
        Files.writeString(folder.resolve(HOME), home.toString());
    }

    /** Deletes the folders of stores that are gone for good; returns how many. Errors are logged: a folder stays. */
    int sweep() {
        int swept = 0;
        for (final Path directory : directories) {
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, PREFIX + "*")) {
                    for (final Path folder : found) {
                        swept += !folder.getFileName().toString().equals(name) && sweep(folder) ? 1 : 0;
                    }
                } catch (final IOException e) {
                    LOG.warn("cannot look for orphaned spill files in {}", directory, e);
                }
            }
        }
        return swept;
    }

    /** Deletes this store's folders with all that is in them. */
    void delete() {
        for (int i = 0; i < directories.size(); i++) {
            if (Files.isDirectory(folder(i))) {
                try {
                    deleteAll(folder(i));
                } catch (final IOException e) {
                    LOG.warn("cannot delete {}", folder(i), e);
                }
            }
        }
    }

    /** Lets the locks go; the files stay. */
    @Override
    public void close() {
        locks.forEach(OwnerLock::close);
        locks.clear();
        locked.clear();
    }

    long incarnation() {
        return incarnation;
    }

    private static boolean sweep(final Path folder) {
        try {
            // One that has no note yet is being made at this moment, or was left by who died just then: too small to
            // matter.
            final Path note = folder.resolve(HOME);
            if (!Files.isReadable(note)) {
                return false;
            }
            final Optional<OwnerLock> lock = OwnerLock.tryAcquire(folder.resolve(LOCK));
            if (lock.isEmpty()) {
                return false;
            }
            try (OwnerLock held = lock.get()) {
                if (isAtHome(Path.of(Files.readString(note, StandardCharsets.UTF_8)), folder)) {
                    LOG.info("{} belongs to a store that may be started again: left alone, under {}", folder, held);
                    return false;
                }
                deleteAll(folder);
                LOG.info("deleted {}: its store is gone", folder);
                return true;
            }
        } catch (final IOException | PosixException e) {
            LOG.warn("cannot sweep {}", folder, e);
            return false;
        }
    }

    /** Whether the files in shared memory, of the store that wrote this folder, are still there. */
    private static boolean isAtHome(final Path storeFile, final Path folder) {
        try (MappedFile file = MappedFile.openReadOnly(storeFile, StoreDescriptor.CLIENTS_OFFSET)) {
            final long found = UnsafeApi.getLong(file.address() + StoreDescriptor.INCARNATION_OFFSET);
            return folder.getFileName().toString().equals(PREFIX + Long.toHexString(found));
        } catch (final PosixException e) {
            return false;
        }
    }

    private static void deleteAll(final Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
