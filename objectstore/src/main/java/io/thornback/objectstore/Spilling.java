/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the store does with the disk: which objects are there, what is written and read, what is deleted. Two threads of its own touch files, one writes and one
 * reads, so that a get never waits for a batch to be written. One thread, the agent.
 */
final class Spilling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spilling.class);

    private final SpilledObjects spilled;
    private final Spiller spiller;
    private final Restorer restorer;

    /** Those that were found when it was opened and contain references. */
    private final List<Spilled> containers;

    private Spilling(final SpilledObjects spilled, final Spiller spiller, final Restorer restorer) {
        this.spilled = spilled;
        this.spiller = spiller;
        this.restorer = restorer;
        this.containers = spilled.onHeap(EventDesk.EVERY_JOB).stream()
                .filter(object -> object.contents != null)
                .toList();
    }

    /**
     * Opens the folders; finds what an earlier process of the same store has left there, by its headers.
     *
     * @param wakeAgent any thread may run it
     */
    static Spilling open(
            final SpillConfig config,
            final StoreFiles files,
            final StoreMemory store,
            final Waiters waiters,
            final Runnable wakeAgent) {
        final Path storeFile = files.directory().resolve(StoreFiles.STORE);
        final SpillFolders folders = new SpillFolders(config.directories(), storeFile, files.incarnation());
        final SpillGraves graves = SpillGraves.open(files.directory());
        final SpilledObjects spilled = new SpilledObjects(store.tally(), store.catalog());
        final List<Spilled> dead = new ArrayList<>();
        final Map<Integer, SpillFile> old = scan(folders, graves, spilled, dead, store);
        final SpillWriter writer = new SpillWriter(config, folders, files.arena(), old);
        final Spiller spiller = new Spiller(
                config, store, spilled, graves, folders, writer, new IoThread("objectstore-spill", wakeAgent));
        final Restorer restorer = new Restorer(
                store,
                waiters,
                spilled,
                spiller,
                writer,
                new SpillReader(files.arena(), files.incarnation()),
                new IoThread("objectstore-restore", wakeAgent));
        spiller.begin(dead);
        store.catalog().places(spilled);
        spilled.rescan(found -> rescan(folders, graves, store, found));
        return new Spilling(spilled, spiller, restorer);
    }

    /** What was found on disk and contains references. */
    List<Spilled> containers() {
        return containers;
    }

    boolean contains(final ObjectId id) {
        return spilled.contains(id);
    }

    /** Whether an object is on disk there. */
    boolean isAt(final Spilled object) {
        final Spilled known = spilled.find(object.id);
        return known != null && known.place == object.place;
    }

    /** As of {@link SpillDescriptor#place}; 0 if the object is not on disk: no record is where a file begins. */
    long place(final ObjectId id) {
        final Spilled known = spilled.find(id);
        return known == null ? 0 : known.place;
    }

    int count() {
        return spilled.count();
    }

    /** The object was sealed again. */
    void forgetLost(final ObjectId id) {
        restorer.forgetLost(id);
    }

    /**
     * An object was found in memory. Whether the disk has the same one: then its memory may be given to another.
     *
     * @param lengths as in the cell
     */
    boolean isSame(final ObjectId id, final long lengths) {
        final Spilled object = spilled.find(id);
        if (object != null && object.length != lengths) {
            delete(id);
            return false;
        }
        return object != null;
    }

    /** The object is deleted; true if it was on disk. */
    boolean delete(final ObjectId id) {
        restorer.forget(id);
        final Spilled object = spilled.remove(id);
        if (object != null) {
            spiller.free(object);
        }
        return object != null;
    }

    /** Somebody waits for an object that is not in memory; true if it will come, from disk. */
    boolean want(final ObjectId id, final LongPredicate makeRoom) {
        final Spilled object = spilled.find(id);
        if (object != null) {
            restorer.want(object, makeRoom);
        }
        return object != null;
    }

    /** Why the object is lost, for people; null if it is not. */
    String lost(final ObjectId id) {
        final String why = restorer.lost(id);
        return why == null ? null : Restorer.describe(id, why);
    }

    /** Whether the next memory that is free is for a restore. */
    boolean comesFirst() {
        return restorer.comesFirst();
    }

    /** Restores that wait for memory. */
    int waiting() {
        return restorer.waiting();
    }

    List<ObjectId> ofJob(final int jobId, final Consumer<Spilled> later) {
        return spilled.ofJob(jobId, later);
    }

    List<Spilled> onHeap(final int jobId) {
        return spilled.onHeap(jobId);
    }

    /**
     * Goes on with all that is under way.
     *
     * @param wanted which cells' memory somebody waits for; null: nobody waits
     */
    int poll(final long nowNs, final IntPredicate wanted, final LongPredicate makeRoom) {
        return spiller.poll(nowNs, restorer.waiting() > 0 ? cell -> true : wanted) + restorer.poll(makeRoom);
    }

    /** For people. */
    String describe() {
        final String suspended = spiller.suspended();
        return "spilledObjects=" + spilled.count() + " onHeap=" + spilled.onHeap() + " spilling="
                + (suspended == null ? "on" : "\"suspended: " + suspended + '"');
    }

    /** The store ends for good: nobody will want the files. */
    void dropFilesAtClose() {
        spiller.dropFilesAtClose();
    }

    @Override
    public void close() {
        restorer.close();
        spiller.close();
    }

    /** Deleted while it was written, by a store that was killed before it heard that it was. */
    private static boolean isDoomed(final Spilled object, final CellTable cells) {
        final int cell = CellDescriptor.tokenCell(object.memory);
        if (!cells.isCell(cell)) {
            return false;
        }
        final long word = cells.word(cell);
        return CellDescriptor.state(word) == CellDescriptor.DOOMED
                && CellDescriptor.generation(word) == CellDescriptor.tokenGeneration(object.memory);
    }

    /** The same while the store is at work: what is just being written is not told, its cell is not given up yet. */
    private static void rescan(
            final SpillFolders folders,
            final SpillGraves graves,
            final StoreMemory store,
            final Consumer<Spilled> found) {
        final Set<Long> deleted = new HashSet<>();
        graves.forEach(deleted::add);
        final SpillScanner scanner = new SpillScanner(folders);
        scanner.scan(object -> {
            final int cell = store.index().find(object.id);
            if (!deleted.contains(object.place)
                    && !isDoomed(object, store.cells())
                    && (cell == ObjectIndex.NONE || store.lru().list(cell) == Lru.CLEAN)) {
                found.accept(object);
            }
        });
        LOG.info("read the headers of {} spilled objects again", scanner.records());
    }

    private static Map<Integer, SpillFile> scan(
            final SpillFolders folders,
            final SpillGraves graves,
            final SpilledObjects spilled,
            final List<Spilled> dead,
            final StoreMemory store) {
        final Set<Long> deleted = new HashSet<>();
        graves.forEach(deleted::add);
        store.tally().nothingOnDisk();
        final SpillScanner scanner = new SpillScanner(folders);
        final Map<Integer, SpillFile> files = scanner.scan(object -> {
            final Spilled known = spilled.find(object.id);
            if (deleted.contains(object.place) || isDoomed(object, store.cells())) {
                dead.add(object);
            } else if (known == null) {
                spilled.put(object);
            } else if (known.place < object.place) {
                // Written twice: the later one counts.
                dead.add(known);
                spilled.put(object);
            } else {
                dead.add(object);
            }
        });
        if (scanner.records() > 0 || scanner.damaged() > 0) {
            LOG.info(
                    "found {} spilled objects in {} files; {} deleted, {} places damaged",
                    spilled.count(),
                    files.size(),
                    dead.size(),
                    scanner.damaged());
            store.tally().spillErrors(scanner.damaged());
        }
        return files;
    }
}
