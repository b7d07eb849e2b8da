/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.OwnerLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog's files: lock, head, map. Owned by one process at a time, by a lock that the kernel holds: a map that two processes use stalls both when one is
 * killed. A map that was not closed in order, was made for something else, or does not pass its checksums is deleted and made anew, empty. One thread.
 */
final class CatalogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogFile.class);

    /** Packages of java.base that the map reaches into; without these flags it fails half-way through its own start. */
    private static final Map<String, Boolean> NEEDED =
            Map.of("java.lang", true, "java.lang.reflect", true, "sun.nio.ch", false);

    private final Path file;
    private final long entries;
    private final long incarnation;
    private final OwnerLock lock;
    private CatalogMap map;
    private boolean made;

    private CatalogFile(final Path file, final long entries, final long incarnation, final OwnerLock lock) {
        this.file = file;
        this.entries = entries;
        this.incarnation = incarnation;
        this.lock = lock;
    }

    /**
     * Takes the lock and opens the map, or makes it. Takes a second or so.
     *
     * @throws IOException if another process has it, there is no room for it, or this JVM was started without the flags that it needs
     */
    static CatalogFile open(final CatalogConfig config, final long incarnation) throws IOException {
        checkFlags();
        final Path file = config.file().toAbsolutePath();
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        final Path lockFile = beside(file, ".lock");
        final OwnerLock lock = OwnerLock.tryAcquire(lockFile)
                .orElseThrow(() -> new IOException(file + " is in use by pid="
                        + OwnerLock.holder(lockFile).map(String::valueOf).orElse("unknown")));
        final CatalogFile opened = new CatalogFile(file, config.entries(), incarnation, lock);
        boolean complete = false;
        try {
            opened.openMap();
            complete = true;
        } finally {
            if (!complete) {
                opened.delete();
            }
        }
        return opened;
    }

    CatalogMap map() {
        return map;
    }

    /** Whether the map was made just now, and is empty. */
    boolean isMade() {
        return made;
    }

    /** Closes in order: the next owner finds what is in it. */
    @Override
    public void close() {
        final long objects = map.size();
        map.close();
        try {
            writeHead(true, objects);
        } catch (final IOException e) {
            LOG.warn("{}: cannot be marked as closed; it will be made anew", file, e);
        }
        lock.close();
    }

    /** Closes and deletes. */
    void delete() {
        try {
            deleteFiles();
            if (map != null) {
                map.close();
            }
        } catch (final IOException | RuntimeException | Error e) { // a map that has failed does not close either
            LOG.warn("{}: cannot delete", file, e);
        } finally {
            lock.close();
        }
    }

    private void openMap() throws IOException {
        final long objects = objectsAtClose();
        // Before the map is touched: whoever finds it knows that this process had it open.
        writeHead(false, 0);
        if (objects >= 0) {
            try {
                map = CatalogMap.open(file, entries);
                if (map.size() == objects && map.isIntact()) {
                    return;
                }
                LOG.warn("{} is damaged; it is made anew", file);
            } catch (final IOException | RuntimeException | Error e) { // whatever a damaged file makes of the map
                LOG.warn("{} cannot be opened; it is made anew", file, e);
            }
            closeDamaged();
        }
        map = CatalogMap.create(file, entries);
        made = true;
    }

    private void closeDamaged() {
        if (map != null) {
            try {
                map.close();
            } catch (final RuntimeException | Error e) { // it is damaged
                LOG.debug("{}: close", file, e);
            }
            map = null;
        }
    }

    /** Entries of a map that is this store's and was closed in order; -1 if there is none. */
    private long objectsAtClose() {
        final ByteBuffer head = newHead();
        try (FileChannel channel = FileChannel.open(beside(file, ".head"), StandardOpenOption.READ)) {
            if (channel.read(head, 0) != CatalogDescriptor.HEAD_LENGTH || !Files.isRegularFile(file)) {
                return -1;
            }
        } catch (final IOException e) {
            return -1;
        }
        final boolean ours = head.getInt(CatalogDescriptor.HEAD_MAGIC_OFFSET) == CatalogDescriptor.HEAD_MAGIC
                && head.getInt(CatalogDescriptor.HEAD_CRC_OFFSET) == crc(head)
                && head.getInt(CatalogDescriptor.HEAD_VERSION_OFFSET) == CatalogDescriptor.HEAD_VERSION
                && head.getLong(CatalogDescriptor.ENTRIES_OFFSET) == entries
                && head.getLong(CatalogDescriptor.INCARNATION_OFFSET) == incarnation;
        if (ours && head.getInt(CatalogDescriptor.CLOSED_OFFSET) == 1) {
            return head.getLong(CatalogDescriptor.OBJECTS_OFFSET);
        }
        LOG.info(
                "{} {}; it is made anew",
                file,
                ours ? "was in use when its process died" : "belongs to another store, or is of another size");
        return -1;
    }

    private void writeHead(final boolean closed, final long objects) throws IOException {
        final ByteBuffer head = newHead();
        head.putInt(CatalogDescriptor.HEAD_MAGIC_OFFSET, CatalogDescriptor.HEAD_MAGIC);
        head.putInt(CatalogDescriptor.HEAD_VERSION_OFFSET, CatalogDescriptor.HEAD_VERSION);
        head.putLong(CatalogDescriptor.ENTRIES_OFFSET, entries);
        head.putLong(CatalogDescriptor.INCARNATION_OFFSET, incarnation);
        head.putLong(CatalogDescriptor.OBJECTS_OFFSET, objects);
        head.putInt(CatalogDescriptor.CLOSED_OFFSET, closed ? 1 : 0);
        head.putInt(CatalogDescriptor.HEAD_CRC_OFFSET, crc(head));
        try (FileChannel channel = FileChannel.open(
                beside(file, ".head"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (head.hasRemaining()) {
                channel.write(head, head.position());
            }
        }
    }

    private void deleteFiles() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(beside(file, ".head"));
    }

    private static ByteBuffer newHead() {
        return ByteBuffer.allocate(CatalogDescriptor.HEAD_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(final ByteBuffer head) {
        final CRC32C crc = new CRC32C();
        crc.update(head.duplicate().position(0).limit(CatalogDescriptor.HEAD_CRC_OFFSET));
        return (int) crc.getValue();
    }

    private static Path beside(final Path file, final String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static void checkFlags() throws IOException {
        final Module base = Object.class.getModule();
        final Module own = CatalogFile.class.getModule();
        for (final Map.Entry<String, Boolean> needed : NEEDED.entrySet()) {
            final String name = needed.getKey();
            if (needed.getValue() ? !base.isOpen(name, own) : !base.isExported(name, own)) {
                throw new IOException("this JVM was started without --add-" + (needed.getValue() ? "opens" : "exports")
                        + "=java.base/" + name + "=ALL-UNNAMED");
            }
        }
    }
}
