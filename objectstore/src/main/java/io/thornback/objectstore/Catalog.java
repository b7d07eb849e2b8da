/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the catalog: collects what has changed, has it written by a thread of its own, and looks things up.
 *
 * <p><b>When it is opened.</b> Opening takes a processor for most of a second, so it is done in the background, when there are objects that have lived for a second: a node that starts,
 * or is idle, does not pay for it.
 *
 * <p><b>What is written.</b> An object that was sealed is marked, by one byte of its cell, and listed at the second tick after that: what lives and dies between two ticks is never
 * written, and costs two accesses to one byte. Places on disk are written at once. A place stays on the heap until the catalog has it, so nothing waits for the catalog before it
 * leaves memory, and nothing that left memory is unknown.
 *
 * <p><b>When it falls behind or fails.</b> That an object left memory need not be told: a cell never bears the same generation twice, so an entry that says it is there can be seen
 * to be wrong. When there are too many such changes to keep, they are dropped, and the thread walks through the map instead. If the map fails, or cannot be opened, the store goes on without it; what was
 * on disk is found again by the spill files' own headers.
 *
 * <p>One thread, the agent.
 */
final class Catalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final int MAX_BATCHES = 2;

    private enum State {
        OFF,
        IDLE,
        OPENING,
        OPEN
    }

    /** Whose places on disk the catalog keeps. */
    interface Places extends CatalogBatch.Outcome {
        /** Tells the catalog all of them, with {@link Catalog#written}. */
        void tellAll();

        /** The catalog was full and has room again: {@link Catalog#written} may be tried for what it refused. */
        void roomAgain();
    }

    private static final Places NOTHING_ON_DISK = new Places() {
        @Override
        public void tellAll() {}

        @Override
        public void roomAgain() {}

        @Override
        public void written(final Spilled object, final boolean refused) {}

        @Override
        public void leftDisk(final Spilled object) {}
    };

    private final CatalogConfig config;
    private final StoreFiles files;
    private final IoThread thread;
    private final Deque<CatalogBatch> free = new ArrayDeque<>();
    private final CatalogEntry looked = new CatalogEntry();
    private final CatalogChanges changes;
    private Places places = NOTHING_ON_DISK;
    private State state;
    private int aliveTicks;
    private long catalogued;
    private long uncatalogued;
    private boolean isFull;
    private CatalogFile file;

    Catalog(
            final CatalogConfig config,
            final StoreFiles files,
            final CellTable cells,
            final Lru lru,
            final Runnable wakeAgent) {
        this.config = config;
        this.files = files;
        this.changes = new CatalogChanges(cells, lru);
        this.thread = new IoThread("objectstore-catalog", wakeAgent);
        this.state = config.isEnabled() ? State.IDLE : State.OFF;
        count(StoreDescriptor.CATALOGUED_OFFSET, 0);
        count(StoreDescriptor.UNCATALOGUED_OFFSET, 0);
    }

    void places(final Places newPlaces) {
        places = newPlaces;
    }

    /** Objects it has room for. */
    long entries() {
        return config.entries();
    }

    /** Whether it can be asked, and told. If it has been, and is not any more, it has failed. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Nothing of it is under way that goes on with the store's clock. */
    boolean isAtRest() {
        return switch (state) {
            case OFF, OPENING -> true; // its thread wakes the agent
            case IDLE -> aliveTicks == 0;
            case OPEN -> changes.isEmpty();
        };
    }

    /** The object in this cell is SEALED. */
    void sealed(final int cell) {
        changes.sealed(cell);
    }

    /** The object in this cell is about to leave memory, or to be deleted. The cell still describes it. */
    void left(final ObjectId id, final int cell) {
        changes.left(id, cell);
    }

    /** The object is on disk. Its owner keeps it until it hears from {@link Places#written}. */
    void written(final Spilled object) {
        if (state == State.OPEN) {
            object.listed = true;
            changes.onDisk(object);
        }
    }

    /** An object that was {@link Spilled#listed} is not on disk any more. Its owner remembers that until it hears from {@link Places#leftDisk}. */
    void leftDisk(final Spilled object) {
        object.listed = false;
        changes.onDisk(object);
    }

    /** Where the object is on disk, as far as the catalog was told; null if it knows of no such place. */
    Spilled findOnDisk(final ObjectId id) {
        if (state == State.OPEN) {
            try {
                if (file.map().get(id, looked) && looked.isOnDisk()) {
                    return looked.toSpilled(id);
                }
            } catch (final RuntimeException | Error e) { // whatever the map throws, it is over with it
                fail(e);
            }
        }
        return null;
    }

    /** All that is known of an object; false if the catalog does not list it, yet or any more. */
    boolean describe(final ObjectId id, final CatalogEntry entry) {
        if (state != State.OPEN) {
            return false;
        }
        try {
            return file.map().get(id, entry) && CatalogWalk.isTrue(entry, files.cellsAddress);
        } catch (final RuntimeException | Error e) { // as above
            fail(e);
            return false;
        }
    }

    /**
     * Goes through the catalog in the background.
     *
     * @param consumer gets what was found, on the agent's thread, in a later {@link #poll}; if the catalog fails before, it is told so
     * @return false if there is no catalog to go through
     */
    boolean walk(final CatalogWalk walk, final Consumer<CatalogWalk> consumer) {
        if (state != State.OPEN) {
            return false;
        }
        final CatalogMap map = file.map();
        thread.submit(new IoThread.Task() {
            @Override
            void run() {
                walk.run(map, files.cellsAddress);
            }

            @Override
            void done() {
                if (failure != null) {
                    walk.failed();
                    fail(failure);
                }
                consumer.accept(walk);
            }
        });
        return true;
    }

    /** Has written what is due, and hears what was. */
    int poll() {
        if (state == State.IDLE || (state == State.OFF && thread.open() == 0)) {
            return 0;
        }
        int work = thread.poll();
        if (state == State.OPEN) {
            if (changes.isFeeding()) {
                changes.feed();
                work++;
            }
            while (state == State.OPEN && !free.isEmpty() && changes.isAnythingDue()) {
                writeBatch();
                work++;
            }
        }
        return work;
    }

    /** The store's clock has moved by a second. */
    void onTick(final long objects) {
        aliveTicks = objects > 0 ? aliveTicks + 1 : 0;
        if (state == State.IDLE && aliveTicks > 1) {
            open();
        }
        if (state == State.OPEN && changes.isRoundOver()) {
            if (changes.takeSweep()) {
                submit(map -> CatalogWalk.sweep(map, files.cellsAddress), () -> {});
            }
            if (isFull && catalogued < config.entries() - config.entries() / 8) {
                isFull = false;
                places.roomAgain();
            }
            changes.nextRound();
        }
    }

    /** For people. */
    String describe() {
        return "catalog=" + state.name().toLowerCase(Locale.ROOT);
    }

    /** Waits for the thread. For good: nobody will want the files; else they are closed with all that is known by now. */
    void close(final boolean forGood) {
        thread.close();
        if (state == State.OPENING) {
            thread.poll(); // it may have ended well just now
        }
        if (file == null || !thread.isOver()) {
            return;
        }
        if (forGood || state != State.OPEN) {
            file.delete();
        } else {
            finish();
        }
        file = null;
        state = State.OFF;
    }

    @Override
    public void close() {
        close(false);
    }

    private void open() {
        state = State.OPENING;
        changes.begin();
        thread.submit(new IoThread.Task() {
            private CatalogFile opened;

            @Override
            void run() throws Exception {
                opened = CatalogFile.open(config, files.incarnation());
            }

            @Override
            void done() {
                if (failure != null) {
                    fail(failure);
                } else {
                    opened(opened);
                }
            }
        });
    }

    private void opened(final CatalogFile newFile) {
        file = newFile;
        state = State.OPEN;
        changes.feedAll();
        for (int i = 0; i < MAX_BATCHES; i++) {
            free.add(new CatalogBatch());
        }
        if (!newFile.isMade()) {
            // Much may have changed since it was closed; what has not is told again, and finds its times.
            changes.wantSweep();
            submit(CatalogWalk::forgetPlaces, () -> {});
        }
        places.tellAll();
        LOG.info(
                "the catalog is open: {} entries={} {}",
                config.file(),
                config.entries(),
                newFile.isMade() ? "made anew" : "objects=" + newFile.map().size());
    }

    private void writeBatch() {
        final CatalogBatch batch = free.remove();
        changes.fill(batch);
        if (batch.count() == 0) {
            free.add(batch);
            return;
        }
        submit(map -> batch.apply(map, System.currentTimeMillis()), () -> written(batch));
    }

    private void written(final CatalogBatch batch) {
        final int without = batch.tell(places);
        uncatalogued += without;
        catalogued = batch.objectsAfter();
        count(StoreDescriptor.UNCATALOGUED_OFFSET, uncatalogued);
        count(StoreDescriptor.CATALOGUED_OFFSET, catalogued);
        isFull |= without > 0;
        if (without > 0 && uncatalogued == without) {
            LOG.warn(
                    "the catalog is full: {} entries={}; more objects are kept on the heap. Raise store.catalog-entries",
                    config.file(),
                    config.entries());
        }
        batch.clear();
        free.add(batch);
    }

    private void submit(final Consumer<CatalogMap> work, final Runnable completion) {
        final CatalogMap map = file.map();
        thread.submit(new IoThread.Task() {
            @Override
            void run() {
                work.accept(map);
            }

            @Override
            void done() {
                if (failure != null) {
                    fail(failure);
                } else if (state == State.OPEN) {
                    completion.run();
                }
            }
        });
    }

    /** The store goes on without. The map stays mapped until the end: the thread may be using it. */
    private void fail(final Throwable why) {
        if (state == State.OFF) {
            return;
        }
        LOG.warn("the store goes on without its catalog {}: {}", config.file(), String.valueOf(why));
        LOG.debug("the catalog's failure", why);
        state = State.OFF;
        changes.end();
        uncatalogued += Math.max(1, catalogued);
        count(StoreDescriptor.CATALOGUED_OFFSET, 0);
        count(StoreDescriptor.UNCATALOGUED_OFFSET, uncatalogued);
    }

    /** On the agent's thread, when the other has ended: what is still to be written. */
    private void finish() {
        try {
            thread.poll();
            final CatalogBatch batch = new CatalogBatch();
            while (state == State.OPEN && !changes.isEmpty()) {
                if (changes.isFeeding()) {
                    changes.feed();
                }
                if (changes.isRoundOver()) {
                    changes.nextRound();
                }
                changes.fill(batch);
                batch.apply(file.map(), System.currentTimeMillis());
                batch.clear();
            }
            if (state == State.OPEN) {
                file.close();
                return;
            }
        } catch (final RuntimeException | Error e) { // whatever the map throws
            LOG.warn("the catalog {} is not kept: {}", config.file(), e.toString());
        }
        file.delete();
    }

    private void count(final int offset, final long value) {
        UnsafeApi.putLongRelease(null, files.storeAddress + offset, value);
    }
}
