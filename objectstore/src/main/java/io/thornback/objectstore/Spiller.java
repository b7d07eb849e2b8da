/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is written to disk and when, and hands it to the thread that writes: in the background from the high-water mark on until an eighth of the arena less is in use, and whatever there is while somebody waits for
 * memory. An object that is being written stays SEALED and can be read and deleted; its cell is held until the thread is done with it. One thread, the agent.
 */
final class Spiller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spiller.class);
    private static final int BATCH_OBJECTS = 1024;
    private static final long BATCH_BYTES = 16 << 20;
    private static final int MAX_BATCHES = 2;
    /** This share of the arena below the high-water mark, spilling in the background ends: so the disk works while the next objects are being written. */
    private static final int LOW_WATER_SHARE = 8;

    private static final int MOST_LOOKED = 1 << 16;
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long DRAIN_PARK_NS = 50_000;

    private final CellTable cells;
    private final ClientRegistry clients;
    private final PinScan pins;
    private final Lru lru;
    private final SpilledObjects spilled;
    private final SpillGraves graves;
    private final StoreTally tally;
    private final DoomedCells doomed;
    private final SpillFolders folders;
    private final SpillWriter writer;
    private final IoThread thread;
    private final NanoClock clock;
    private final long highWaterBytes;
    private final long lowWaterBytes;
    private List<Spilled> dead = new ArrayList<>();
    private int batches;
    private long writingBytes;
    private int freeing;
    private long errors;
    private String suspended;
    private long suspendedUntilNs;
    private boolean dropFiles;
    private boolean isDraining;
    private boolean swept;

    Spiller(
            final SpillConfig config,
            final StoreMemory store,
            final SpilledObjects spilled,
            final SpillGraves graves,
            final SpillFolders folders,
            final SpillWriter writer,
            final IoThread thread) {
        this.cells = store.cells();
        this.clients = store.clients();
        this.pins = store.pins();
        this.lru = store.lru();
        this.doomed = store.doomed();
        this.tally = store.tally();
        this.spilled = spilled;
        this.graves = graves;
        this.folders = folders;
        this.writer = writer;
        this.thread = thread;
        this.clock = store.clock();
        this.highWaterBytes = cells.capacityBytes() / 100 * config.highWaterPercent();
        this.lowWaterBytes = highWaterBytes - cells.capacityBytes() / LOW_WATER_SHARE;
    }

    /** What an earlier process of this store did not get to: objects to delete on disk, and folders of stores that are gone. Done from the first {@link #poll} on. */
    void begin(final List<Spilled> deleted) {
        dead.addAll(deleted);
    }

    private void sweep() {
        swept = true;
        thread.submit(new IoThread.Task() {
            @Override
            void run() {
                folders.sweep();
            }

            @Override
            void done() {
                report(failure);
            }
        });
    }

    /**
     * Completes what was written, and has more written if need be.
     *
     * @param wanted which cells' memory somebody waits for; null: nobody waits
     */
    int poll(final long nowNs, final IntPredicate wanted) {
        if (!swept) {
            sweep();
        }
        int work = thread.poll();
        if (!dead.isEmpty()) {
            bury();
            work++;
        }
        if (suspended != null && suspendedUntilNs - nowNs > 0) {
            return work;
        }
        while (batches < MAX_BATCHES && lru.count(Lru.DIRTY) > 0 && (wanted != null || isAboveWater())) {
            final List<SpillWriter.Item> batch = nextBatch(wanted);
            if (batch.isEmpty()) {
                break;
            }
            submit(batch);
            work++;
        }
        return work;
    }

    /** The object is deleted. It is noted before this returns; the disk hears of it soon. */
    void free(final Spilled object) {
        while (!graves.add(object.place)) {
            drain();
        }
        Steps.reached(Step.SPILL_DELETE_NOTED);
        dead.add(object);
        if (dead.size() >= BATCH_OBJECTS) {
            bury();
        }
    }

    /** Why nothing is written, or null. */
    String suspended() {
        return suspended;
    }

    /** Whether anything is with the thread. */
    boolean isBusy() {
        return thread.open() > 0;
    }

    /** When the store ends for good and nobody will want the files. */
    void dropFilesAtClose() {
        dropFiles = true;
    }

    /** Waits for the thread: afterwards no memory of the store is touched. */
    @Override
    public void close() {
        thread.close();
        writer.close();
        if (dropFiles) {
            folders.delete();
        }
        folders.close();
        graves.close();
    }

    private boolean isAboveWater() {
        final long busy = cells.usedBytes() + cells.leasedBytes() - lru.bytes(Lru.CLEAN) - writingBytes;
        isDraining = busy > (isDraining ? lowWaterBytes : highWaterBytes);
        return isDraining;
    }

    private List<SpillWriter.Item> nextBatch(final IntPredicate wanted) {
        final List<SpillWriter.Item> batch = new ArrayList<>();
        lru.sample(clients.list());
        long bytes = 0;
        int next = lru.oldest(Lru.DIRTY);
        for (int looked = 0; looked < MOST_LOOKED; looked++) {
            final int cell = next;
            if (cell == CellLists.NIL || batch.size() >= BATCH_OBJECTS || bytes >= BATCH_BYTES) {
                break;
            }
            next = lru.newer(cell);
            if (wanted != null && !wanted.test(cell)) {
                continue;
            }
            final long address = cells.address(cell);
            final long word = cells.word(cell);
            final Spilled object = new Spilled(
                    ObjectId.ofAddress(address + CellDescriptor.ID_OFFSET),
                    CellDescriptor.lengthsPlain(address),
                    CellDescriptor.formatPlain(address),
                    CellDescriptor.flagsPlain(address),
                    CellDescriptor.client(word));
            lru.remove(cell);
            pins.hold(cell);
            batch.add(new SpillWriter.Item(
                    object, cell, CellDescriptor.generation(word), CellDescriptor.offsetPlain(address)));
            bytes += CellDescriptor.capacityPlain(address);
        }
        writingBytes += bytes;
        return batch;
    }

    private void submit(final List<SpillWriter.Item> batch) {
        batches++;
        Steps.reached(Step.SPILL_HELD);
        thread.submit(new IoThread.Task() {
            @Override
            void run() {
                writer.write(batch);
                Steps.reached(Step.SPILL_WRITTEN);
            }

            @Override
            void done() {
                report(failure);
                batches--;
                written(batch, failure);
            }
        });
    }

    private void written(final List<SpillWriter.Item> batch, final Throwable thrown) {
        String failure = thrown == null ? null : thrown.toString();
        // Backwards: what is given back as the oldest comes to lie in the order it had.
        for (int i = batch.size() - 1; i >= 0; i--) {
            final SpillWriter.Item item = batch.get(i);
            final boolean isWritten = item.failure == null && thrown == null;
            pins.release(item.cell);
            writingBytes -= CellDescriptor.capacityPlain(cells.address(item.cell));
            if (!isStillThere(item)) {
                doomed.look();
                if (isWritten) {
                    spilled.forget(item.object);
                    free(item.object);
                }
            } else if (isWritten) {
                final Spilled before = spilled.put(item.object);
                if (before != null) {
                    free(before);
                }
                lru.move(item.cell, Lru.CLEAN);
                tally.spilled(item.object);
                Steps.reached(Step.SPILL_KNOWN);
            } else {
                lru.giveBack(item.cell, Lru.DIRTY);
            }
            if (item.failure != null) {
                failure = item.failure;
            }
        }
        countErrors();
        if (failure == null) {
            resume();
        } else {
            suspend(failure);
        }
    }

    /** Not deleted while it was written. The cell was held, so it bears the same object in any case. */
    private boolean isStillThere(final SpillWriter.Item item) {
        final long word = cells.word(item.cell);
        return CellDescriptor.state(word) == CellDescriptor.SEALED
                && CellDescriptor.generation(word) == item.generation;
    }

    private void bury() {
        final List<Spilled> batch = dead;
        dead = new ArrayList<>();
        freeing++;
        thread.submit(new IoThread.Task() {
            private String problem;

            @Override
            void run() {
                problem = writer.free(batch);
                Steps.reached(Step.SPILL_DELETE_MARKED);
            }

            @Override
            void done() {
                report(failure);
                freeing--;
                if (problem != null) {
                    LOG.warn("{}; a restart of the store before the file is deleted would bring it back", problem);
                }
                if (freeing == 0 && dead.isEmpty()) {
                    graves.clear();
                }
                countErrors();
                suspendedUntilNs = clock.nanoTime(); // there may be room again
            }
        });
    }

    /** There is no room for more notes, of millions. The one place where the agent waits for a disk. */
    private void drain() {
        if (!dead.isEmpty()) {
            bury();
        }
        while (freeing > 0) {
            if (thread.poll() == 0) {
                LockSupport.parkNanos(DRAIN_PARK_NS);
            }
        }
        graves.clear();
    }

    private void suspend(final String why) {
        if (suspended == null) {
            LOG.warn("nothing is spilled for now: {}", why);
        }
        suspended = why;
        suspendedUntilNs = clock.nanoTime() + RETRY_NS;
    }

    private void resume() {
        if (suspended != null) {
            LOG.info("spilling goes on, after: {}", suspended);
            suspended = null;
        }
    }

    private void countErrors() {
        final long now = writer.errors();
        tally.spillErrors(now - errors);
        errors = now;
    }

    private static void report(final Throwable failure) {
        if (failure != null) {
            LOG.error("the thread that writes spill files has failed", failure);
        }
    }
}
