/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.posix.OwnerLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables on the disk, in one file of H2's MVStore, and all rows on the heap too.
 *
 * <pre>
 *   tables.mv     the tables, mode 0600; appears whole, by a rename, and then only grows
 *   tables.mark   the last commit that was durable ({@link CommitMark})
 *   tables.lock   held while the tables are in use
 * </pre>
 *
 * <p>A commit appends what has changed and syncs; it counts when that has returned. The file is written anew under another name and
 * put in its place at each opening, when it has become several times as long as it need be, and after every failure: what a failed
 * write or sync has left in a file, and in the kernel's cache, is never built upon.
 *
 * <p>Each row carries a checksum over table, key and bytes, and the head of the file one over all rows: a file in which anything is
 * missing, old or changed is refused, and never made empty. See {@link TableFormat}.
 */
public final class MvClusterStore implements ClusterStore {
    /** Below this the file is not worth writing anew. */
    static final long LEAST_REWRITE_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(MvClusterStore.class);
    private static final int MOST_GROWTH = 4;
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    /** A process that was killed holds its locks for some milliseconds longer. */
    private static final long LOCK_NS = TimeUnit.SECONDS.toNanos(1);

    private record Change(Table table, String key) {}

    private final Path file;
    private final Path fresh;
    private final Path markFile;
    private final String clusterId;
    private final OwnerLock lock;
    private final Map<Table, NavigableMap<String, byte[]>> rows = new EnumMap<>(Table.class);
    /** Since the last commit; null for a row that was removed. */
    private final Map<Change, byte[]> changes = new LinkedHashMap<>();

    /** Null until the file was written, and after a failure. */
    private MvTableFile open;
    /** Null after it could not be written. */
    private CommitMark mark;

    private long rewriteAtBytes;
    private long epoch;
    private long committed;
    /** Over all rows, changes included. */
    private long digest;

    private boolean changed;
    private String failure;
    private long retryAtNs;
    private boolean closed;

    private MvClusterStore(Path file, String clusterId, OwnerLock lock) {
        this.file = file;
        this.fresh = file.resolveSibling("tables.new");
        this.markFile = file.resolveSibling("tables.mark");
        this.clusterId = clusterId;
        this.lock = lock;
        for (Table table : Table.values()) {
            rows.put(table, new TreeMap<>());
        }
    }

    /**
     * Opens the tables of a cluster, or makes empty ones where there are none. A disk that cannot be written now is no error here but
     * {@link #failure}: who waits for a commit waits, until there is room.
     *
     * @param file {@code tables.mv} in a folder that is there; the others lie beside it
     * @throws ClusterStoreException if they are damaged, of another cluster or format, in use, or cannot be read
     */
    public static MvClusterStore open(Path file, String clusterId) {
        final MvClusterStore store = new MvClusterStore(file, clusterId, acquire(file));
        try {
            store.load();
        } catch (IOException e) {
            store.close();
            throw new ClusterStoreException(
                    "cannot read the cluster's tables " + file + ": " + e + "; look at its disk and its owner", e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        store.epoch++;
        store.changed = true;
        store.commit();
        return store;
    }

    private static OwnerLock acquire(Path file) {
        final Path path = file.resolveSibling("tables.lock");
        final long deadlineNs = System.nanoTime() + LOCK_NS;
        while (true) {
            final Optional<OwnerLock> lock = OwnerLock.tryAcquire(path);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new ClusterStoreException("the cluster's tables " + file + " are in use by process "
                        + OwnerLock.holder(path).orElse(0L) + "; a folder has one GCS: stop the other first");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    // ---- what was there

    private void load() throws IOException {
        final OptionalLong marked = CommitMark.read(markFile);
        if (!Files.exists(file)) {
            if (marked.isPresent()) {
                throw damaged("is missing, and " + markFile + " says that it was there");
            }
            return;
        }
        try (MvTableFile read = MvTableFile.openToRead(file)) {
            readFrom(read);
        } catch (ClusterStoreException e) {
            throw e;
        } catch (RuntimeException | AssertionError | OutOfMemoryError | StackOverflowError e) {
            // A length or a link that was changed can ask for any amount of memory; the library asserts too.
            throw damaged("cannot be read: " + e, e);
        }
        if (marked.isPresent() && marked.getAsLong() > committed) {
            throw damaged("ends with commit " + committed + ", and commit " + marked.getAsLong() + " was in it");
        }
    }

    private void readFrom(MvTableFile read) {
        final byte[] bytes = read.head();
        if (bytes == null) {
            throw damaged("has no head");
        }
        final TableFormat.Head head = TableFormat.head(bytes);
        if (head.format() != TableFormat.FORMAT) {
            throw new ClusterStoreException("the cluster's tables " + file + " have format " + head.format()
                    + ", and this release writes " + TableFormat.FORMAT
                    + "; run the release that wrote them, or move tables.* away to begin with empty ones");
        }
        if (!head.clusterId().equals(clusterId)) {
            throw new ClusterStoreException("the cluster's tables " + file + " are those of cluster " + head.clusterId()
                    + ", and this is " + clusterId + "; put back the folder's other files, or move tables.* away");
        }
        for (Table table : Table.values()) {
            read.forEach(table, (key, stored) -> {
                rows.get(table).put(key, TableFormat.unseal(table, key, stored));
                digest += TableFormat.weight(stored);
            });
        }
        if (digest != head.digest()) {
            throw damaged("lacks rows, or has old ones");
        }
        epoch = head.epoch();
        committed = head.commit();
    }

    private ClusterStoreException damaged(String what) {
        return damaged(what, null);
    }

    private ClusterStoreException damaged(String what, Throwable cause) {
        return new ClusterStoreException(
                "the cluster's tables are damaged: " + file + " " + what
                        + "; restore tables.* from a backup, or move them away: the next start begins with empty tables, to"
                        + " which the nodes that run tell of themselves again",
                cause);
    }

    // ---- changes

    @Override
    public Map<String, byte[]> rows(Table table) {
        return Collections.unmodifiableMap(rows.get(table));
    }

    @Override
    public void put(Table table, String key, byte[] row) {
        final byte[] before = rows.get(table).put(key, row);
        if (before != null && Arrays.equals(before, row)) {
            return;
        }
        forget(table, key, before);
        final byte[] stored = TableFormat.seal(table, key, row);
        digest += TableFormat.weight(stored);
        changes.put(new Change(table, key), stored);
        changed = true;
    }

    @Override
    public void remove(Table table, String key) {
        final byte[] before = rows.get(table).remove(key);
        if (before != null) {
            forget(table, key, before);
            changes.put(new Change(table, key), null);
            changed = true;
        }
    }

    private void forget(Table table, String key, byte[] before) {
        if (before != null) {
            digest -= TableFormat.weight(TableFormat.seal(table, key, before));
        }
    }

    @Override
    public long openCommit() {
        return committed + 1;
    }

    @Override
    public boolean isDurable(long commit) {
        return commit <= committed;
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public long epoch() {
        return epoch;
    }

    // ---- commit

    @Override
    public void commit() {
        if (!changed || closed || (failure != null && System.nanoTime() - retryAtNs < 0)) {
            return;
        }
        final byte[] head =
                TableFormat.head(new TableFormat.Head(TableFormat.FORMAT, clusterId, epoch, committed + 1, digest));
        try {
            if (open == null || !append(head)) {
                rewrite(head);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
            return;
        }
        committed++;
        changes.clear();
        changed = false;
        writeMark();
        if (failure != null) {
            LOG.info("the cluster's tables {} can be written again", file);
            failure = null;
        }
    }

    /** False if it is time to write the file anew. */
    private boolean append(byte[] head) {
        if (open.sizeBytes() > rewriteAtBytes) {
            return false;
        }
        changes.forEach((change, row) -> {
            if (row == null) {
                open.remove(change.table(), change.key());
            } else {
                open.put(change.table(), change.key(), row);
            }
        });
        open.commit(head);
        return true;
    }

    private void rewrite(byte[] head) throws IOException {
        Files.deleteIfExists(fresh);
        final MvTableFile next = MvTableFile.create(fresh);
        try {
            rows.forEach(
                    (table, all) -> all.forEach((key, row) -> next.put(table, key, TableFormat.seal(table, key, row))));
            next.commit(head);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            next.close();
            Files.deleteIfExists(fresh);
            throw e;
        }
        closeFile();
        open = next;
        rewriteAtBytes = Math.max(LEAST_REWRITE_BYTES, MOST_GROWTH * next.sizeBytes());
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void failed(Exception e) {
        closeFile();
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        final String said = failure;
        failure = "cannot write the cluster's tables " + file + ": " + root.getMessage()
                + "; make room on its disk, or look at the disk. Until then nothing new is acknowledged; what was is not lost";
        retryAtNs = System.nanoTime() + RETRY_NS;
        if (!failure.equals(said)) {
            LOG.error(failure, e);
        }
    }

    private void writeMark() {
        try {
            if (mark == null) {
                mark = CommitMark.open(markFile);
                mark.write(committed);
                mark.sync();
            } else {
                mark.write(committed);
            }
        } catch (IOException e) {
            // It is for finding damage; the commit is durable without it.
            LOG.warn("cannot write {}: {}", markFile, e.toString());
            closeMark();
        }
    }

    private void closeMark() {
        if (mark != null) {
            try {
                mark.close();
            } catch (IOException e) {
                LOG.debug("cannot close {}", markFile, e);
            }
            mark = null;
        }
    }

    private void closeFile() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeFile();
            closeMark();
            lock.close();
        }
    }
}
