/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.RefusalCode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings spilled objects back when somebody waits for them: each once, however many wait. Restores that find no memory wait in order, before all creates: who reads an object is
 * nearer to giving memory back than who makes one; but one that has waited in vain for some seconds holds creates up no longer. What cannot be read back is lost; all who wait for it are told, and whoever asks later, until it is
 * made again or deleted. One thread, the agent.
 */
final class Restorer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Restorer.class);
    private static final int MOST_LOST = 1 << 14;
    private static final int NONE = -1;
    private static final long FIRST_NS = TimeUnit.SECONDS.toNanos(2);

    /** One object on its way back. */
    private static final class Restore {
        final Spilled object;
        int cell = NONE;
        boolean unwanted;

        Restore(final Spilled object) {
            this.object = object;
        }
    }

    private final StoreMemory store;
    private final Waiters waiters;
    private final SpilledObjects spilled;
    private final Spiller spiller;
    private final SpillWriter writer;
    private final SpillReader reader;
    private final IoThread thread;
    private final Map<ObjectId, Restore> restores = new HashMap<>();
    private final Deque<Restore> waiting = new ArrayDeque<>();
    /** Since when the first of them is the first. */
    private long firstSinceNs;

    /** Why, by object; the oldest are forgotten. */
    private final Map<ObjectId, String> lost = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ObjectId, String> eldest) {
            return size() > MOST_LOST;
        }
    };

    Restorer(
            final StoreMemory store,
            final Waiters waiters,
            final SpilledObjects spilled,
            final Spiller spiller,
            final SpillWriter writer,
            final SpillReader reader,
            final IoThread thread) {
        this.store = store;
        this.waiters = waiters;
        this.spilled = spilled;
        this.spiller = spiller;
        this.writer = writer;
        this.reader = reader;
        this.thread = thread;
    }

    /** Somebody waits for it. */
    void want(final Spilled object, final LongPredicate makeRoom) {
        if (restores.containsKey(object.id)) {
            return;
        }
        final Restore restore = new Restore(object);
        restores.put(object.id, restore);
        if (!waiting.isEmpty() || !start(restore, makeRoom)) {
            if (waiting.isEmpty()) {
                firstSinceNs = store.clock().nanoTime();
            }
            waiting.add(restore);
        }
    }

    /** The object is there again. */
    void forgetLost(final ObjectId id) {
        if (!lost.isEmpty()) {
            lost.remove(id);
        }
    }

    /** The object is deleted. */
    void forget(final ObjectId id) {
        forgetLost(id);
        final Restore restore = restores.remove(id);
        if (restore != null) {
            restore.unwanted = true;
            waiting.remove(restore);
        }
    }

    /** Why the object is lost, or null. */
    String lost(final ObjectId id) {
        return lost.isEmpty() ? null : lost.get(id);
    }

    /** Whether the next memory that is free is for a restore. */
    boolean comesFirst() {
        return !waiting.isEmpty() && store.clock().nanoTime() - firstSinceNs < FIRST_NS;
    }

    /** Restores that have no memory yet. */
    int waiting() {
        return waiting.size();
    }

    /** Completes what was read, and begins what has memory now. */
    int poll(final LongPredicate makeRoom) {
        int work = thread.poll();
        while (!waiting.isEmpty()) {
            final Restore first = waiting.peek();
            if (!waiters.isAwaited(first.object.id)) {
                restores.remove(first.object.id);
            } else if (!start(first, makeRoom)) {
                break;
            }
            waiting.poll();
            firstSinceNs = store.clock().nanoTime();
            work++;
        }
        return work;
    }

    /** Waits for the thread: afterwards no memory of the store is touched. */
    @Override
    public void close() {
        thread.close();
    }

    private boolean start(final Restore restore, final LongPredicate makeRoom) {
        final long payload = restore.object.payloadBytes();
        int cell = store.cells().leaseForStore(payload, restore.object.id.jobId());
        while (cell < 0 && makeRoom.test(SizeClasses.capacityFor(payload))) {
            cell = store.cells().leaseForStore(payload, restore.object.id.jobId());
        }
        if (cell < 0) {
            return false;
        }
        restore.cell = cell;
        Steps.reached(Step.RESTORE_LEASED);
        final long offset = CellDescriptor.offsetPlain(store.cells().address(cell));
        thread.submit(new IoThread.Task() {
            private String problem;
            private Set<Integer> vanished = Set.of();

            @Override
            void run() {
                problem = read(restore.object, offset);
                Steps.reached(Step.RESTORE_READ);
                if (problem != null) {
                    vanished = writer.vanished();
                }
            }

            @Override
            void done() {
                rescue(vanished);
                finish(restore, failure == null ? problem : failure.toString());
            }
        });
        return true;
    }

    /** On the reading thread. A disk that fails is asked twice. */
    private String read(final Spilled object, final long offset) {
        String problem = null;
        for (int attempt = 0; attempt < 2; attempt++) {
            final Path path = writer.path(SpillDescriptor.fileNumber(object.place));
            if (path == null) {
                return "its spill file is gone: " + object;
            }
            try {
                return reader.read(path, object, offset);
            } catch (final NoSuchFileException e) {
                return path + " has vanished";
            } catch (final IOException e) {
                problem = "cannot read " + path + ": " + e;
            }
        }
        return problem;
    }

    /** What is still in memory of the objects in these files has to be written again before it may leave. */
    private void rescue(final Set<Integer> vanished) {
        int cell = vanished.isEmpty() ? CellLists.NIL : store.lru().oldest(Lru.CLEAN);
        while (cell != CellLists.NIL) {
            final int next = store.lru().newer(cell);
            final ObjectId id = ObjectId.ofAddress(store.cells().address(cell) + CellDescriptor.ID_OFFSET);
            final Spilled object = spilled.find(id);
            if (object != null && vanished.contains(SpillDescriptor.fileNumber(object.place))) {
                spilled.remove(id);
                store.lru().move(cell, Lru.DIRTY);
            }
            cell = next;
        }
    }

    private void finish(final Restore restore, final String problem) {
        final CellTable cells = store.cells();
        final Spilled object = restore.object;
        if (restore.unwanted) {
            cells.freeForStore(restore.cell);
            return;
        }
        restores.remove(object.id);
        if (problem != null) {
            cells.freeForStore(restore.cell);
            lose(object, problem);
            return;
        }
        CellDescriptor.headerPlain(
                cells.address(restore.cell),
                object.id,
                object.dataBytes(),
                object.metadataBytes(),
                object.format,
                object.flags);
        Steps.reached(Step.RESTORE_FILLED);
        cells.sealForStore(restore.cell);
        Steps.reached(Step.RESTORE_SEALED);
        store.index().put(object.id, restore.cell);
        Steps.reached(Step.RESTORE_INDEXED);
        store.lru().put(restore.cell, Lru.CLEAN);
        store.catalog().sealed(restore.cell);
        store.tally().restored(object, store.index().live());
        waiters.sealed(object.id, restore.cell);
    }

    private void lose(final Spilled object, final String problem) {
        LOG.error("object {} is lost: {}", object.id, problem);
        spilled.remove(object.id);
        spiller.free(object);
        lost.put(object.id, problem);
        store.tally().lost(object);
        waiters.refuse(object.id, RefusalCode.OBJECT_LOST, object.dataBytes(), describe(object.id, problem));
    }

    static String describe(final ObjectId id, final String problem) {
        return "object " + id + " was spilled and cannot be read back: " + problem;
    }
}
