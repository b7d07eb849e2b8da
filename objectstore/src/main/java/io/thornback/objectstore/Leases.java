/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * Finds a cell for a new object: one that was leased before, or a new lease from the store. Any thread.
 *
 * <p>Small cells come in batches and are asked for again before the last is used, so that a put finds one without waiting. An
 * extent is leased alone, when it is wanted.
 */
final class Leases {
    private static final long ANSWER_GRACE_NS = 250_000_000;
    private static final long PATIENCE_NS = 20_000_000;
    private static final long COLLECTION_NS = 500_000_000;
    private static final int COLLECTIONS = 4;

    private final AtomicReferenceArray<LeasePool> pools = new AtomicReferenceArray<>(SizeClasses.COUNT);
    private final ClientFiles files;
    private final StoreLane lane;
    private final Replies replies;
    /** Buffers and objects that are open, of which some may be unreachable. */
    private final IntSupplier held;

    private final Prefault prefault;
    private volatile int clientId;
    private volatile WaitWords words;

    Leases(final ClientFiles files, final StoreLane lane, final Replies replies, final IntSupplier held) {
        this.held = held;
        this.prefault = new Prefault(files.arenaWritable);
        this.files = files;
        this.lane = lane;
        this.replies = replies;
    }

    void admitted(final int newClientId, final WaitWords newWords) {
        clientId = newClientId;
        words = newWords;
    }

    /**
     * Takes a cell of at least that size and makes it WRITING.
     *
     * @return its token
     * @throws StoreFullException if the store found no room in time
     */
    long take(final ObjectId id, final long sizeBytes, final long timeoutNs) {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("object " + id + ": sizeBytes=" + sizeBytes + " is negative");
        }
        if (SizeClasses.capacityFor(sizeBytes) > files.arenaBytes) {
            throw new ObjectTooLargeException(id, sizeBytes, files.arenaBytes);
        }
        final int sizeClass = SizeClasses.classOf(sizeBytes);
        final LeasePool pool = sizeClass == SizeClasses.EXTENT ? null : pool(sizeClass);
        final long deadlineNs = System.nanoTime() + timeoutNs;
        if (pool != null) {
            long token = pool.take();
            while (token != 0 && !begin(token)) {
                token = pool.take();
            }
            prefetch(pool);
            if (token != 0) {
                return token;
            }
        }
        while (true) {
            final long token = request(id, sizeBytes, pool, deadlineNs);
            if (begin(token)) {
                return token;
            }
        }
    }

    /** Where a leased cell's memory is. */
    long memory(final long token, final long sizeBytes) {
        final long cell = files.cellAddress(CellDescriptor.tokenCell(token));
        final long offset = CellDescriptor.offsetPlain(cell);
        final long capacity = CellDescriptor.capacityPlain(cell);
        if (offset < 0 || capacity < sizeBytes || offset > files.arenaLength - capacity) {
            throw new CorruptStoreException(
                    "cell " + CellDescriptor.tokenCell(token) + " does not fit the arena: offset=" + offset
                            + " capacity=" + capacity + " sizeBytes=" + sizeBytes);
        }
        final long address = files.arenaWritable.address() + offset;
        prefault.willWrite(address, sizeBytes);
        return address;
    }

    /** Makes the cell this client's to write. CAS: the store may take an idle lease back with one. */
    private boolean begin(final long token) {
        final int cell = CellDescriptor.tokenCell(token);
        if (cell >= files.maxCells) {
            throw new CorruptStoreException("leased cell " + cell + " is beyond maxCells=" + files.maxCells);
        }
        final long generation = CellDescriptor.tokenGeneration(token);
        final boolean begun = CellDescriptor.casWord(
                files.cellAddress(cell),
                CellDescriptor.word(CellDescriptor.LEASED, clientId, generation),
                CellDescriptor.word(CellDescriptor.WRITING, clientId, generation));
        Steps.reached(Step.LEASE_TAKEN);
        return begun;
    }

    private long request(final ObjectId id, final long sizeBytes, final LeasePool pool, final long deadlineNs) {
        final int word = pool == null ? words.claim() : WaitWords.NONE;
        if (word == WaitWords.NONE) {
            return requestByMessage(id, sizeBytes, pool, deadlineNs);
        }
        try {
            return requestOnWord(id, sizeBytes, word, deadlineNs);
        } finally {
            words.release(word);
        }
    }

    /** One cell, which the store leaves at a word that this thread waits on: no other thread has to run. */
    private long requestOnWord(final ObjectId id, final long sizeBytes, final int word, final long deadlineNs) {
        final WordReply reply = replies.expect(new WordReply(replies.nextCorrelationId(), words, word) {
            @Override
            void sendAgain() {
                lane.leaseOn(correlationId, sizeBytes, leftNs(deadlineNs), word + 1, sequence);
            }
        });
        boolean answered = false;
        try {
            reply.sendAgain(); // the first time
            answered = awaitGrant(reply, deadlineNs + ANSWER_GRACE_NS);
        } finally {
            replies.forget(reply);
            if (!answered) {
                giveUp(reply);
            }
        }
        if (!answered) {
            throw unanswered(id, sizeBytes);
        }
        return words.answer(word);
    }

    private void giveUp(final WordReply reply) {
        if (words.abandon(reply.word)) {
            lane.tryCancelWait(reply.correlationId);
        } else if (!reply.isDone()) {
            // Granted at the last moment. If the lane is full, the store takes it back when it needs it.
            lane.tryAbort(words.answer(reply.word), clientId);
        }
    }

    /** Several cells, or one where no word is free. */
    private long requestByMessage(
            final ObjectId id, final long sizeBytes, final LeasePool pool, final long deadlineNs) {
        final int cells = pool == null ? 1 : pool.nextBatchCells();
        final Reply reply = replies.expect(new Reply(replies.nextCorrelationId()) {
            @Override
            void sendAgain() {
                lane.lease(correlationId, cells, sizeBytes, leftNs(deadlineNs));
            }
        });
        boolean answered = false;
        try {
            reply.sendAgain(); // the first time
            // The store refuses at the deadline, with reasons; it gets a little longer to say so.
            answered = awaitGrant(reply, deadlineNs + ANSWER_GRACE_NS);
        } finally {
            if (!answered) {
                replies.forget(reply);
            }
        }
        if (!answered) {
            lane.cancelWait(reply.correlationId);
            throw unanswered(id, sizeBytes);
        }
        if (reply.tokens == null || reply.tokens.length == 0) {
            throw new CorruptStoreException("a lease was granted without a cell");
        }
        if (pool != null) {
            pool.add(reply.tokens, 1);
        }
        return reply.tokens[0];
    }

    private static long leftNs(final long deadlineNs) {
        return Math.max(1, deadlineNs - System.nanoTime());
    }

    private StoreFullException unanswered(final ObjectId id, final long sizeBytes) {
        return new StoreFullException(
                sizeBytes,
                "no memory for object " + id + ", and no answer from the store, in time: wantedBytes=" + sizeBytes
                        + " arenaBytes=" + files.arenaBytes);
    }

    /** While the store has no memory, views that nobody can reach may hold it: the collector gives them back. */
    private boolean awaitGrant(final Reply reply, final long deadlineNs) {
        long untilNs = System.nanoTime() + PATIENCE_NS;
        for (int round = 0; round <= COLLECTIONS && deadlineNs - untilNs > 0; round++) {
            if (replies.await(reply, untilNs, this::lookForStore)) {
                return true;
            }
            if (held.getAsInt() > 0 && lane.isStoreAlive()) {
                Collector.collect();
            }
            untilNs = System.nanoTime() + COLLECTION_NS;
        }
        return replies.await(reply, deadlineNs, lane::isStoreAlive);
    }

    /** Without a store it is not the memory that is missing; whether the wait was in vain is decided at its end. */
    private boolean lookForStore() {
        lane.isStoreAlive();
        return true;
    }

    private void prefetch(final LeasePool pool) {
        if (!pool.isLow()) {
            return;
        }
        if (pool.claimPrefetch(System.nanoTime())) {
            final Reply reply = replies.expect(
                    new Prefetch(replies.nextCorrelationId(), pool, r -> replies.forget(r.correlationId)));
            if (!lane.tryLease(reply.correlationId, pool.nextBatchCells(), pool.cellBytes)) {
                replies.forget(reply);
                pool.answered(false, System.nanoTime());
            }
        }
    }

    private LeasePool pool(final int sizeClass) {
        final LeasePool pool = pools.get(sizeClass);
        if (pool != null) {
            return pool;
        }
        pools.compareAndSet(sizeClass, null, new LeasePool(sizeClass));
        return pools.get(sizeClass);
    }

    /** A request that nobody waits for: what comes is put into the pool. */
    private static final class Prefetch extends Reply {
        private final LeasePool pool;
        private final Predicate<Reply> forgotten;

        Prefetch(final long correlationId, final LeasePool pool, final Predicate<Reply> forgotten) {
            super(correlationId);
            this.pool = pool;
            this.forgotten = forgotten;
        }

        @Override
        void sendAgain() {
            // Nobody waits for it; the next one who takes from the pool asks anew.
            if (forgotten.test(this)) {
                pool.answered(false, System.nanoTime());
            }
        }

        @Override
        void onDone() {
            if (tokens != null) {
                pool.add(tokens, 0);
            }
            pool.answered(tokens != null, System.nanoTime());
        }
    }
}
