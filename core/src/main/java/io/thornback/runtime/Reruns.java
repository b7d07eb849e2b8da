/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectLostException;
import io.thornback.objectstore.ObjectTimeoutException;
import io.thornback.serialization.Payload;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks again whose stored results are lost, and before them those whose results they need and that are lost too. One task runs once, however many ask for it. Thread-safe; looks at the store
 * on a thread of its own, which may wait.
 *
 * <p>While a task is made again, this process holds what it needs and what it makes: nothing of it goes in between because nobody else has a reference just then.
 */
final class Reruns {
    private static final Logger LOG = LoggerFactory.getLogger(Reruns.class);

    private final Lineage lineage;
    private final ObjectTable objects;
    private final Owners owners;
    private final Executor thread;
    private final Map<TaskId, Rerun> running = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private volatile Resubmitter resubmitter;

    /** Sends a task again whose arguments are all in the store. */
    interface Resubmitter {
        /** The entries of its results, which only this rerun knows. */
        List<ObjectEntry> resubmit(Lineage.Made made);
    }

    private static final class Rerun {
        final Lineage.Made made;
        final CompletableFuture<Failure> done = new CompletableFuture<>();
        final List<ObjectId> held = new ArrayList<>();
        final List<CompletableFuture<Failure>> needs = new ArrayList<>();

        Rerun(final Lineage.Made made) {
            this.made = made;
        }
    }

    Reruns(final Lineage lineage, final ObjectTable objects, final Owners owners, final Executor thread) {
        this.lineage = lineage;
        this.objects = objects;
        this.owners = owners;
        this.thread = thread;
    }

    /** Set once, before use. */
    void resubmitter(final Resubmitter newResubmitter) {
        resubmitter = newResubmitter;
    }

    /** Tasks that were run again. */
    long count() {
        return count.get();
    }

    /**
     * Makes a lost object of this process again.
     *
     * @param why how it was lost
     * @return completes with null when it is in the store, or with why it cannot be
     */
    CompletableFuture<Failure> remake(final ObjectId id, final String why) {
        final Rerun added = new Rerun(lineage.find(TaskId.of(id)));
        if (added.made == null) {
            final ObjectEntry known = objects.find(id);
            if (known != null && known.isDone() && (known.bytes() != null || known.untoldFailure() != null)) {
                return CompletableFuture.supplyAsync(() -> putAgain(known), thread);
            }
            return CompletableFuture.completedFuture(new Failure(Code.OBJECT_LOST, why + reason(id), null));
        }
        final Rerun before = running.putIfAbsent(added.made.id, added);
        if (before != null) {
            return before.done;
        }
        thread.execute(() -> begin(added, id, why));
        return added.done;
    }

    private static String reason(final ObjectId id) {
        final TaskId maker = TaskId.of(id);
        return maker.actor().isActor()
                ? "; what a call of an actor has given is not made again: call it again"
                : "; it cannot be made again, because it was put, or its task has retries=0, or is forgotten"
                        + " (limit on the bytes of specifications that are kept): put it, or submit its task, again";
    }

    /** What a message had brought is kept here too. */
    private Failure putAgain(final ObjectEntry entry) {
        try {
            objects.promoteAgain(entry);
            return null;
        } catch (final RuntimeException e) {
            return new Failure(
                    Code.OBJECT_LOST, "object " + entry.id + " could not be stored again: " + e.getMessage(), e);
        }
    }

    /** Looks at all that is needed, without recursion: a chain of lost objects may be long. */
    private void begin(final Rerun root, final ObjectId id, final String why) {
        final Deque<Rerun> todo = new ArrayDeque<>();
        guarded(root, () -> {
            if (lost(id) == null) {
                end(root, null); // it was made again after it had been missed
            } else {
                todo.add(root);
            }
        });
        for (Rerun rerun = todo.poll(); rerun != null; rerun = todo.poll()) {
            final Rerun next = rerun;
            guarded(next, () -> prepare(next, why, todo));
        }
    }

    private void guarded(final Rerun rerun, final Runnable step) {
        try {
            step.run();
        } catch (final RuntimeException e) {
            final String what = "task " + rerun.made.id + " " + rerun.made.name;
            end(rerun, new Failure(Code.OBJECT_LOST, what + " could not be run again: " + e.getMessage(), e));
        }
    }

    private void prepare(final Rerun rerun, final String why, final Deque<Rerun> todo) {
        if (!lineage.takeRetry(rerun.made)) {
            end(
                    rerun,
                    new Failure(
                            Code.OBJECT_LOST,
                            why + "; task " + rerun.made.id + " " + rerun.made.name + " has used up its retries="
                                    + rerun.made.request.retries + ": submit it again",
                            null));
            return;
        }
        share(rerun.made);
        for (int i = 0; i < rerun.made.results.size(); i++) {
            hold(rerun, rerun.made.id.object(TaskId.RESULT_INDEX + i));
        }
        for (final Lineage.Input input : rerun.made.inputs) {
            need(rerun, input, todo);
        }
        whenAll(rerun, rerun.needs, () -> submit(rerun));
    }

    private void need(final Rerun rerun, final Lineage.Input input, final Deque<Rerun> todo) {
        final Lineage.Made maker = lineage.find(TaskId.of(input.id()));
        if (maker != null) {
            share(maker);
        }
        if (maker != null || objects.find(input.id()) != null) {
            hold(
                    rerun,
                    input.id()); // else it is kept by an entry that nobody else knows of: a hold's end would delete it
        }
        final String lost = lost(input.id());
        if (lost == null) {
            return;
        }
        if (!owners.isSelf(input.owner())) {
            rerun.needs.add(owners.ask(input.id(), input.owner(), lost));
        } else if (maker == null) {
            rerun.needs.add(remake(input.id(), lost));
        } else {
            final Rerun added = new Rerun(maker);
            final Rerun before = running.putIfAbsent(maker.id, added);
            if (before == null) {
                todo.add(added);
            }
            rerun.needs.add(before == null ? added.done : before.done);
        }
    }

    /** Entries of this process that nobody else knew are counted like all others from now on. */
    private void share(final Lineage.Made made) {
        for (final WeakReference<ObjectEntry> result : made.results) {
            final ObjectEntry entry = result.get();
            if (entry != null && entry.life().stored) {
                objects.share(entry);
            }
        }
    }

    private void hold(final Rerun rerun, final ObjectId id) {
        objects.store().holds().hold(id);
        rerun.held.add(id);
    }

    /** How an object was lost, or null: then it is in memory now. */
    private String lost(final ObjectId id) {
        try (ObjectBuffer found = objects.store().get(id)) {
            if (found != null) {
                return null;
            }
        }
        if (!objects.store().contains(id)) {
            return "object " + id + " is not in the store any more";
        }
        try (ObjectBuffer found = objects.store().get(id, Limits.STORE_TIMEOUT)) {
            return found == null ? "object " + id + " is not there" : null;
        } catch (final ObjectLostException e) {
            return e.getMessage();
        } catch (final ObjectTimeoutException e) {
            throw new GetTimeoutException("object " + id + " was not restored in time", e);
        }
    }

    private void submit(final Rerun rerun) {
        for (final CompletableFuture<Failure> need : rerun.needs) {
            final Failure failure = need.getNow(null);
            if (failure != null) {
                end(rerun, failure);
                return;
            }
        }
        LOG.info("running {} {} again: what it made is lost", rerun.made.id, rerun.made.name);
        count.incrementAndGet();
        final List<ObjectEntry> results = resubmitter.resubmit(rerun.made);
        final List<CompletableFuture<ObjectEntry>> all = new ArrayList<>();
        results.forEach(entry -> all.add(entry.done()));
        whenAll(rerun, all, () -> finish(rerun, results));
    }

    private void finish(final Rerun rerun, final List<ObjectEntry> results) {
        for (final ObjectEntry entry : results) {
            if (entry.failure() != null) {
                end(rerun, entry.failure());
                return;
            }
            if (entry.bytes() != null) {
                objects.write(entry.id, Payload.ofEncoded(entry.format(), entry.bytes()));
            }
        }
        end(rerun, null);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it runs ends the rerun, whatever happens
    private void whenAll(final Rerun rerun, final List<? extends CompletableFuture<?>> all, final Runnable step) {
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRunAsync(() -> guarded(rerun, step), thread);
    }

    private void end(final Rerun rerun, final Failure failure) {
        running.remove(rerun.made.id, rerun);
        rerun.done.complete(failure);
        rerun.held.forEach(objects.store().holds()::release);
        rerun.held.clear();
    }
}
