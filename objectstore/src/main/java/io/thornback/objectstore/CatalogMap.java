/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.BiPredicate;
import net.openhft.chronicle.hash.ChecksumEntry;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;

/**
 * The catalog's map: the one class that knows Chronicle Map. One thread puts and removes; lookups may come from another at the same time. Lookups, puts and
 * removals make no garbage. What this class throws but for {@link IOException} is the map's own failure, after which it is not to be used: the owner
 * closes it, deletes the file and begins anew.
 */
final class CatalogMap implements AutoCloseable {
    private final ChronicleMap<ObjectId, CatalogEntry> map;
    private final long capacity;

    private CatalogMap(final ChronicleMap<ObjectId, CatalogEntry> map, final long capacity) {
        this.map = map;
        this.capacity = capacity;
    }

    /**
     * Makes an empty map. The file takes its whole length on the disk at once, under another name until it is complete.
     *
     * @throws IOException if there is no room for it; nothing is left
     */
    static CatalogMap create(final Path file, final long entries) throws IOException {
        final Path making = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(making);
        Files.deleteIfExists(file);
        boolean complete = false;
        try {
            builder(entries).createPersistedTo(making.toFile()).close();
            Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rw-------"));
            Files.move(making, file, StandardCopyOption.ATOMIC_MOVE);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(making);
            }
        }
        return open(file, entries);
    }

    /** Opens a map that was closed, with the entries it was made for. */
    static CatalogMap open(final Path path, final long entries) throws IOException {
        final File file = path.toFile();
        return new CatalogMap(builder(entries).createPersistedTo(file), entries);
    }

    /** False, and no entry, if the object is not listed. Throws if the entry is damaged. */
    boolean get(final ObjectId id, final CatalogEntry entry) {
        return map.getUsing(id, entry) != null;
    }

    /** Whether every entry agrees with its checksum. Walks through all. */
    boolean isIntact() {
        for (int segment = 0; segment < map.segments(); segment++) {
            try (MapSegmentContext<ObjectId, CatalogEntry, ?> context = map.segmentContext(segment)) {
                if (!context.forEachSegmentEntryWhile(entry -> ((ChecksumEntry) entry).checkSum())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** False if there is no room for another object. */
    boolean put(final ObjectId id, final CatalogEntry entry) {
        if (map.longSize() >= capacity && !map.containsKey(id)) {
            return false;
        }
        map.put(id, entry);
        return true;
    }

    void remove(final ObjectId id) {
        map.remove(id);
    }

    long size() {
        return map.longSize();
    }

    /** Parts that can be walked through one by one. */
    int segments() {
        return map.segments();
    }

    /** Walks through one part, in no order, while it is told to go on; the entry is filled anew for each. Keeps other writers out meanwhile, not readers. */
    void forEach(final int segment, final BiPredicate<ObjectId, CatalogEntry> consumer) {
        final CatalogEntry entry = new CatalogEntry();
        try (MapSegmentContext<ObjectId, CatalogEntry, ?> context = map.segmentContext(segment)) {
            context.forEachSegmentEntryWhile(
                    found -> consumer.test(found.key().get(), found.value().getUsing(entry)));
        }
    }

    @Override
    public void close() {
        map.close();
    }

    private static ChronicleMapBuilder<ObjectId, CatalogEntry> builder(final long entries) {
        final CatalogMarshallers.Key key = new CatalogMarshallers.Key();
        final CatalogMarshallers.Value value = new CatalogMarshallers.Value();
        return ChronicleMap.of(ObjectId.class, CatalogEntry.class)
                .name("catalog")
                .entries(entries)
                .keyMarshaller(key)
                .valueMarshaller(value)
                .constantKeySizeBySample(new ObjectId(0, 0, 0, 0))
                .constantValueSizeBySample(new CatalogEntry())
                .checksumEntries(true)
                .allowSegmentTiering(false)
                .sparseFile(false)
                .putReturnsNull(true)
                .removeReturnsNull(true);
    }
}
