/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.objectstore.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What this process knows of one object. Set once, from pending to one of the others.
 *
 * <pre>
 * PENDING ──► INLINE    the bytes came in a message and are kept here
 *         ──► STORED    the object is in the store (also: it will be, and this process does not own it)
 *         ──► FAILED    no value will come
 * </pre>
 *
 * Thread-safe: the fields are published by the completion of {@link #done}.
 */
final class ObjectEntry implements InboxTurn.Goal {
    final ObjectId id;
    private final ObjectLife life;
    /** Null: this process. */
    private final Owner owner;

    private final CompletableFuture<ObjectEntry> done = new CompletableFuture<>();

    /** Guarded by this; null: none. */
    private List<Runnable> waiters;

    private volatile int format;
    /** The bytes, or the failure; null: neither is known here. One field, for a process may wait for a million objects. */
    private volatile Object outcome;

    private volatile PendingTask cancelledMaker;
    private volatile String note = "";

    ObjectEntry(final ObjectId id, final ObjectLife life) {
        this(id, life, null);
    }

    ObjectEntry(final ObjectId id, final ObjectLife life, final Owner owner) {
        this.id = id;
        this.life = life;
        this.owner = owner;
    }

    /** Whether another process owns it. */
    boolean isBorrowed() {
        return owner != null;
    }

    /** Whose the object is. */
    Owner owner(final Owner self) {
        return owner == null ? self : owner;
    }

    /** Completes when the object is no longer pending; its dependents run on the completing thread and must not wait. */
    CompletableFuture<ObjectEntry> done() {
        return done;
    }

    /** Runs something when the object is no longer pending: at once, or on the completing thread, where it must not wait. */
    @SuppressWarnings("FutureReturnValueIgnored") // done never completes with an exception; the action's are its own
    void onDone(final Runnable action) {
        done.thenRun(action);
    }

    /** As {@link #onDone(Runnable)}, on another thread. */
    @SuppressWarnings("FutureReturnValueIgnored") // as above
    void onDone(final Runnable action, final Executor executor) {
        done.thenRunAsync(action, executor);
    }

    /** Why it is not there yet, as the raylet said last; empty if it said nothing. For messages. */
    String note() {
        return note;
    }

    void note(final String why) {
        note = why;
    }

    /**
     * As {@link #onDone(Runnable)}, for who may give up and then takes it back: a program that waits for some of many objects again and again leaves nothing behind on those that are not done.
     *
     * @return false if the object is done; then nothing is run.
     */
    synchronized boolean addWaiter(final Runnable waiter) {
        if (isDone()) {
            return false;
        }
        if (waiters == null) {
            waiters = new ArrayList<>(1);
        }
        waiters.add(waiter);
        return true;
    }

    /** Takes back what was added. */
    synchronized void removeWaiter(final Runnable waiter) {
        if (waiters != null) {
            waiters.remove(waiter);
        }
    }

    /** How many were added and not taken back. */
    synchronized int waiterCount() {
        return waiters == null ? 0 : waiters.size();
    }

    private void complete() {
        done.complete(this);
        final List<Runnable> all;
        synchronized (this) {
            all = waiters;
            waiters = null;
        }
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }

    boolean isDone() {
        return done.isDone();
    }

    @Override
    public boolean isReached() {
        return done.isDone();
    }

    @Override
    public void sleep(final long ns) throws InterruptedException {
        try {
            done.get(ns, TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            return; // the caller looks again
        } catch (final ExecutionException e) {
            throw new IllegalStateException("entries complete with their state, never with an exception", e);
        }
    }

    @Override
    public void addWaker(final Runnable waker) {
        addWaiter(waker);
    }

    @Override
    public void removeWaker(final Runnable waker) {
        removeWaiter(waker);
    }

    void completeInline(final int valueFormat, final byte[] value) {
        format = valueFormat;
        outcome = value;
        complete();
    }

    void completeStored() {
        life.stored = true;
        complete();
    }

    void fail(final Failure cause) {
        outcome = cause;
        life.failed(cause);
        complete();
    }

    /** Nobody wants it any more; the task may still run, and seal it. */
    void cancel(final PendingTask maker, final Failure why) {
        cancelledMaker = maker;
        fail(why);
    }

    /** The task that was cancelled, or null. */
    PendingTask cancelledMaker() {
        return cancelledMaker;
    }

    /** The bytes, or null if they are not kept here. */
    byte[] bytes() {
        return outcome instanceof byte[] bytes ? bytes : null;
    }

    /** How {@link #bytes()} are to be read. */
    int format() {
        return format;
    }

    /** Why there is no value, or null. Whoever asks tells somebody. */
    Failure failure() {
        final Failure failure = untoldFailure();
        if (failure != null) {
            life.seen();
        }
        return failure;
    }

    /** As {@link #failure()}, but asking tells nobody. */
    Failure untoldFailure() {
        return outcome instanceof Failure failure ? failure : null;
    }

    /** What outlives the entry, to clean up after it. */
    ObjectLife life() {
        return life;
    }

    /** The state that the cleaner needs when the entry itself is gone, and what it runs; must not refer to the entry. */
    static final class ObjectLife implements Runnable {
        final ObjectId id;
        /** The store has it. */
        volatile boolean stored;
        /** Its task has failed, or was cancelled and may run to its end all the same: the store may have it, now or later. */
        volatile boolean mayAppear;
        /** Others may know it: then this process holds it in the store, and it goes when nobody does any more. */
        volatile boolean escaped;
        /** The table of lineage is told when the entry is gone. */
        volatile boolean hasLineage;

        /** Null: whoever has the entry deals with a failure. */
        private final UnseenFailures unseen;
        /** Of the first result of the task, or null: then it is this one. */
        private final ObjectLife first;

        private final Consumer<ObjectLife> whenUnreachable;

        /** Of an entry that is let go without a word. */
        ObjectLife(final ObjectId id, final UnseenFailures unseen) {
            this(id, unseen, null, life -> {});
        }

        /**
         * @param first of the first result of the task, if this is a further one; else null
         * @param whenUnreachable cleans up after the entry
         */
        ObjectLife(
                final ObjectId id,
                final UnseenFailures unseen,
                final ObjectLife first,
                final Consumer<ObjectLife> whenUnreachable) {
            this.id = id;
            this.unseen = unseen;
            this.first = first;
            this.whenUnreachable = whenUnreachable;
        }

        @Override
        public void run() {
            whenUnreachable.accept(this);
        }

        private void failed(final Failure failure) {
            mayAppear = true; // the task may have stored it, or some of its results, before it failed
            if (first == null && unseen != null) {
                unseen.add(this, failure);
            }
        }

        private void seen() {
            if (unseen != null) {
                unseen.seen(first == null ? this : first);
            }
        }
    }
}
