/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.CreateOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import io.thornback.serialization.Contained;
import io.thornback.serialization.Format;
import io.thornback.serialization.Payload;
import io.thornback.serialization.RemoteError;
import io.thornback.serialization.ValueCodec;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects that this process knows: makes their entries, reads their values, waits for them, promotes those that leave the process, and deletes those
 * that nothing refers to any more. Thread-safe.
 */
final class ObjectTable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectTable.class);
    private static final Cleaner CLEANER = Cleaner.create(task -> {
        final Thread thread = new Thread(task, "thornback-cleaner");
        thread.setDaemon(true);
        return thread;
    });

    private static final CreateOptions PLAIN = CreateOptions.DEFAULT.withTimeout(Limits.STORE_TIMEOUT);

    private final InboxAgent agent;
    private final ObjectStoreClient store;
    private final BlockListener blockListener;
    private final UnseenFailures unseen = new UnseenFailures();
    private final Consumer<ObjectEntry.ObjectLife> whenUnreachable = this::unreachable;
    private final SharedObjects shared;
    private final StoredValues values;
    private final Owners owners;
    private final Owner self;
    private volatile ValueCodec codec;
    private volatile Calls calls;
    private volatile Lineage lineage;
    private volatile Reruns reruns;
    private volatile boolean closed;

    ObjectTable(
            final InboxAgent agent,
            final ObjectStoreClient store,
            final Owner self,
            final Owners owners,
            final Executor background,
            final BlockListener blockListener) {
        this.agent = agent;
        this.self = self;
        this.owners = owners;
        this.values = new StoredValues(store, this::recover, blockListener);
        this.shared = new SharedObjects(store, self, this::promote, background);
        this.store = store;
        this.blockListener = blockListener;
    }

    /** Set once, before use: the codec needs the table for references inside values. */
    void codec(final ValueCodec valueCodec) {
        codec = valueCodec;
    }

    ValueCodec codec() {
        return codec;
    }

    /** Set once, before use: who makes objects. */
    void calls(final Calls newCalls) {
        calls = newCalls;
    }

    /** Set once, before use: how what is lost is made again. */
    void lineage(final Lineage newLineage, final Reruns newReruns) {
        lineage = newLineage;
        reruns = newReruns;
    }

    private CompletableFuture<Failure> recover(final ObjectId id, final Owner owner, final String why) {
        return owners.isSelf(owner) ? reruns.remake(id, why) : owners.ask(id, owner, why);
    }

    /** Gives up the task that makes the object; see {@link Calls#cancel}. */
    boolean cancel(final ObjectEntry entry, final boolean force) {
        return calls.cancel(entry, force);
    }

    /** An entry of an object that this process owns: it is deleted when the entry is unreachable. */
    ObjectEntry owned(final ObjectId id) {
        return owned(new ObjectEntry.ObjectLife(id, unseen, null, whenUnreachable));
    }

    /** The entries of the results of one task; who hears of the failure of one has heard of that of all. */
    List<ObjectEntry> owned(final TaskId maker, final int count) {
        final ObjectEntry first = owned(maker.object(TaskId.RESULT_INDEX));
        if (count == 1) {
            return List.of(first);
        }
        final List<ObjectEntry> all = new ArrayList<>(count);
        all.add(first);
        for (int i = 1; i < count; i++) {
            all.add(further(maker, i, first));
        }
        return all;
    }

    /** An entry of one more object of a task; who hears of its failure has heard of the task's. */
    ObjectEntry further(final TaskId maker, final int index, final ObjectEntry first) {
        return owned(new ObjectEntry.ObjectLife(
                maker.object(TaskId.RESULT_INDEX + index), unseen, first.life(), whenUnreachable));
    }

    /** Runs something when an object that must not be part of it is unreachable; it must not wait. */
    static void whenUnreachable(final Object object, final Runnable action) {
        CLEANER.register(object, action);
    }

    private ObjectEntry owned(final ObjectEntry.ObjectLife life) {
        final ObjectEntry entry = new ObjectEntry(life.id, life);
        CLEANER.register(entry, life);
        return entry;
    }

    /** The entry of an object is gone; must not refer to it. */
    private void unreachable(final ObjectEntry.ObjectLife life) {
        unseen.unreachable(life);
        if (closed) {
            return; // the store knows that this client is gone, or that the job is
        }
        if (life.hasLineage) {
            lineage.released(life.id, life.escaped);
        }
        if (life.escaped) {
            shared.released(life.id);
        } else if (life.stored || life.mayAppear) {
            store.delete(life.id);
        }
    }

    /** Entries of objects that are made again; nothing happens when they are unreachable. */
    List<ObjectEntry> remade(final TaskId maker, final int count) {
        final List<ObjectEntry> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final ObjectId id = maker.object(TaskId.RESULT_INDEX + i);
            all.add(new ObjectEntry(id, new ObjectEntry.ObjectLife(id, null)));
        }
        return all;
    }

    /** The entry of an object that others know, if this process has a reference; else null. */
    ObjectEntry find(final ObjectId id) {
        return shared.find(id);
    }

    /** Holds the object like one that others know. */
    void share(final ObjectEntry entry) {
        shared.share(entry);
    }

    /** A reference that leaves this process inside a value, as it travels. */
    byte[] escape(final ObjectEntry entry) {
        return shared.escape(entry);
    }

    /** A reference that has come inside a value: its object is, or will be, in the store. */
    ObjectEntry borrowed(final byte[] reference) {
        return shared.borrowed(Owner.objectOf(reference), id -> newlyBorrowed(id, Owner.of(reference)));
    }

    private ObjectEntry newlyBorrowed(final ObjectId id, final Owner owner) {
        final ObjectEntry.ObjectLife life = new ObjectEntry.ObjectLife(id, unseen, null, whenUnreachable);
        life.escaped = true;
        final ObjectEntry entry = new ObjectEntry(id, life, owner);
        CLEANER.register(entry, life);
        if (store.contains(id)) {
            entry.completeStored();
        } else {
            store.await(id, entry::completeStored);
            owners.await(entry, owner);
        }
        return entry;
    }

    /** Puts a value into the store as a new object of this process. */
    ObjectEntry put(final TaskId maker, final int index, final Payload payload) {
        final ObjectEntry entry = owned(maker.object(index));
        write(entry.id, payload);
        entry.completeStored();
        return entry;
    }

    /** Writes an object, once; what it contains references to is held by it from then on. */
    void write(final ObjectId id, final Payload payload) {
        try (WritableObject target = store.create(id, payload.length(), options(payload))) {
            target.format(payload.format());
            payload.writeTo(target);
            target.seal();
        } finally {
            Reference.reachabilityFence(payload); // until then this process holds them
        }
    }

    private static CreateOptions options(final Payload payload) {
        return payload.references().isEmpty()
                ? PLAIN
                : PLAIN.containing(
                        payload.references().stream().map(Contained::object).toList());
    }

    /** The object may be in the store though nobody here knows of it: it goes, unless others hold it. Does not wait. */
    void deleteUnlessHeld(final ObjectId id) {
        if (!closed) {
            store.holds().hold(id);
            store.holds().release(id);
        }
    }

    void delete(final ObjectId id) {
        if (!closed) {
            store.delete(id);
        }
    }

    private void promote(final ObjectEntry entry) {
        if (!entry.life().stored) {
            promoteAgain(entry);
        }
    }

    /** Writes what is known here, the value or why there is none. */
    void promoteAgain(final ObjectEntry entry) {
        if (entry.bytes() != null) {
            write(entry.id, Payload.ofEncoded(entry.format(), entry.bytes()));
        } else if (entry.failure() != null) {
            write(entry.id, codec.encodeError(entry.failure().toException()));
        }
        entry.life().stored = true;
    }

    /**
     * Waits for the object.
     *
     * @param timeout null: as long as it takes, with a report every so often.
     * @return whether it is done.
     */
    boolean await(final ObjectEntry entry, final Duration timeout) {
        if (entry.isDone()) {
            return true;
        }
        if (timeout != null && timeout.isZero()) {
            return false;
        }
        blockListener.blocked();
        try {
            return awaitDone(entry, timeout);
        } finally {
            blockListener.unblocked();
        }
    }

    private boolean awaitDone(final ObjectEntry entry, final Duration timeout) {
        final long start = System.nanoTime();
        final long reportNs = Limits.WAIT_REPORT_INTERVAL.toNanos();
        while (true) {
            final long waited = System.nanoTime() - start;
            final long left = timeout == null ? Long.MAX_VALUE : timeout.toNanos() - waited;
            try {
                if (agent.await(entry, Math.max(0, Math.min(left, reportNs)))) {
                    return true;
                }
                if (left <= reportNs) {
                    return false;
                }
                LOG.info(
                        "still waiting for object {} after {} s",
                        entry.id,
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GetTimeoutException("interrupted while waiting for object " + entry.id, e);
            }
        }
    }

    /**
     * The values, waiting for them in turn; so the first failure in the order of the list is the one that is thrown.
     *
     * @param timeout of all together; null: as long as it takes.
     */
    List<Object> values(final List<ObjectEntry> entries, final Duration timeout) {
        final long start = System.nanoTime();
        awaitAll(entries, timeout, start);
        final List<Object> values = new ArrayList<>(entries.size());
        for (final ObjectEntry entry : entries) {
            if (!entry.isDone()) {
                throw timedOut(entry, timeout);
            }
            values.add(value(entry, left(timeout, start), Object.class));
        }
        return values;
    }

    /** Waits until all are done or one has failed, or the time has passed: the CPU is lent to others once, not for each. */
    private void awaitAll(final List<ObjectEntry> entries, final Duration timeout, final long start) {
        boolean waits = false;
        try {
            for (final ObjectEntry entry : entries) {
                if (!entry.isDone()) {
                    if (!waits) {
                        waits = true;
                        blockListener.blocked();
                    }
                    if (!awaitDone(entry, left(timeout, start))) {
                        return;
                    }
                }
                if (entry.untoldFailure() != null) {
                    return;
                }
            }
        } finally {
            if (waits) {
                blockListener.unblocked();
            }
        }
    }

    private static Duration left(final Duration timeout, final long start) {
        return timeout == null ? null : Duration.ofNanos(Math.max(0, timeout.toNanos() - (System.nanoTime() - start)));
    }

    /**
     * The value, waiting for it.
     *
     * @param timeout null: as long as it takes.
     * @param wanted see {@link ValueCodec#decode(ObjectBuffer, Class)}.
     */
    Object value(final ObjectEntry entry, final Duration timeout, final Class<?> wanted) {
        if (!await(entry, timeout)) {
            throw timedOut(entry, timeout);
        }
        if (entry.failure() != null) {
            throw entry.failure().toException();
        }
        if (entry.bytes() != null) {
            return codec.decode(entry.format(), entry.bytes());
        }
        try {
            return stored(entry.id, entry.owner(self), timeout == null ? Limits.STORE_TIMEOUT : timeout, wanted);
        } finally {
            Reference.reachabilityFence(entry); // else the cleaner may delete the object before it is pinned
        }
    }

    private static GetTimeoutException timedOut(final ObjectEntry entry, final Duration timeout) {
        return new GetTimeoutException("object " + entry.id + " was not there within " + timeout.toMillis()
                + " ms; its task still runs or waits: ask again, or look at 'thornback status'"
                + (entry.note().isEmpty() ? "" : " (" + entry.note() + ")"));
    }

    /**
     * Reads a value from the store; what is lost is made again if it can be.
     *
     * @param owner who can have it made again.
     */
    Object stored(final ObjectId id, final Owner owner, final Duration timeout, final Class<?> wanted) {
        final ObjectBuffer object = values.get(id, owner, timeout);
        if (object.format() == Format.ERROR) {
            try (object) {
                throw failureOf(codec.decodeError(object.toByteArray()), "the task that makes object " + id + " failed")
                        .toException();
            }
        }
        return codec.decode(object, wanted);
    }

    /** The failure that a remote error stands for. */
    static Failure failureOf(final RemoteError error, final String what) {
        final Throwable cause = error.toThrowable();
        return new Failure(
                Code.TASK_FAILED,
                what + ": " + error.className() + (error.message() == null ? "" : ": " + error.message())
                        + "\n--- where it was thrown ---\n" + error.stackTrace(),
                cause);
    }

    ObjectStoreClient store() {
        return store;
    }

    UnseenFailures unseen() {
        return unseen;
    }

    void close() {
        closed = true;
    }
}
