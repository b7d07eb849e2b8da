/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * One file of H2's MVStore, with a map for each table and one for the head of the file. It only ever grows: nothing in it is
 * overwritten, so a commit that is cut off leaves the one before it untouched. One thread.
 *
 * <p>Whatever goes wrong is an unchecked exception of the library's or the JDK's; the file is of no use afterwards but to be closed.
 */
final class MvTableFile implements AutoCloseable {
    private static final String HEAD = "head";
    /** Small pages, because a commit writes all pages from a changed row up to the root again. */
    private static final int PAGE_BYTES = 4 << 10;

    /** More rows than any table has; a damaged tree may have no end. */
    private static final int MOST_ROWS = 1 << 20;

    private final MVStore store;
    private final Map<Table, MVMap<String, byte[]>> maps = new EnumMap<>(Table.class);
    private final MVMap<String, byte[]> head;

    private MvTableFile(MVStore.Builder builder) {
        // By its defaults the library commits by itself, in the middle of our changes too.
        store = builder.autoCommitDisabled()
                .autoCommitBufferSize(0)
                .cacheSize(1)
                .pageSplitSize(PAGE_BYTES)
                .open();
        try {
            store.setReuseSpace(false);
            for (Table table : Table.values()) {
                maps.put(table, open(table.name().toLowerCase(Locale.ROOT)));
            }
            head = open(HEAD);
        } catch (RuntimeException | Error e) {
            store.closeImmediately();
            throw e;
        }
    }

    private MVMap<String, byte[]> open(String name) {
        return store.openMap(
                name,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    /** Makes an empty file, mode 0600, where there is none. */
    static MvTableFile create(Path path) throws IOException {
        FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                .close();
        return new MvTableFile(new MVStore.Builder().fileName(path.toString()));
    }

    /** Opens what is there without changing it. */
    static MvTableFile openToRead(Path path) {
        return new MvTableFile(new MVStore.Builder().fileName(path.toString()).readOnly());
    }

    void put(Table table, String key, byte[] row) {
        maps.get(table).put(key, row);
    }

    void remove(Table table, String key) {
        maps.get(table).remove(key);
    }

    /** Hands out the rows of a table in the order of their keys. */
    void forEach(Table table, BiConsumer<String, byte[]> row) {
        final Cursor<String, byte[]> cursor = maps.get(table).cursor(null);
        for (int count = 0; cursor.hasNext(); count++) {
            if (count == MOST_ROWS) {
                throw new IllegalStateException("table " + table + " has no end");
            }
            final String key = cursor.next();
            row.accept(key, cursor.getValue());
        }
    }

    /** What was put there with the last commit, or null. */
    byte[] head() {
        return head.get(HEAD);
    }

    /** Writes what has changed, with this head, and waits until the disk has it. */
    void commit(byte[] newHead) {
        head.put(HEAD, newHead);
        store.commit();
        final MVStoreException failure = store.getPanicException();
        if (failure != null) {
            throw failure;
        }
        store.sync();
    }

    long sizeBytes() {
        return store.getFileStore().size();
    }

    /** Lets the file go as it is: what was not committed is not in it. */
    @Override
    public void close() {
        store.closeImmediately();
    }
}
