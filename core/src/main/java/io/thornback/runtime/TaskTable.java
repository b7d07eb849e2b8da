/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.agrona.concurrent.UnsafeBuffer;

/** Tasks that this process submitted and that have not ended, and the limit on their number. Thread-safe. */
final class TaskTable {
    private final Map<TaskId, PendingTask> pending = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final int limit;
    private volatile Failure stopped;
    private volatile Runnable whenEmpty = () -> {};

    TaskTable(final int limit) {
        this.limit = limit;
        this.places = new Semaphore(limit);
    }

    /**
     * Takes a place, waiting for one.
     *
     * @throws GetTimeoutException if none was free in time.
     */
    void enter(final long timeoutNs) {
        try {
            if (!places.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
                throw new GetTimeoutException(
                        "no task ended for " + TimeUnit.NANOSECONDS.toSeconds(timeoutNs) + " s while limit=" + limit
                                + " tasks are in flight; wait for results before submitting more, or raise raylet.max-tasks-in-flight");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GetTimeoutException("interrupted while waiting to submit a task", e);
        }
    }

    /** Gives back the place of a task that was never added. */
    void leave() {
        places.release();
    }

    /** Adds the task; if the node has stopped it fails at once. */
    void add(final PendingTask task) {
        pending.put(task.id(), task);
        final Failure why = stopped; // after the put: whoever sets it looks for tasks afterwards
        if (why != null && remove(task.id()) != null) {
            task.fail(why);
        }
    }

    /** Runs something whenever the last has ended; it must not wait. */
    void whenEmpty(final Runnable action) {
        whenEmpty = action;
    }

    /** How many have not ended, about. */
    int size() {
        return pending.size();
    }

    /** The task, or null if it has ended. */
    PendingTask get(final TaskId id) {
        return pending.get(id);
    }

    /** Takes the task out; null if it has ended already (a repeat). */
    PendingTask remove(final TaskId id) {
        final PendingTask task = pending.remove(id);
        if (task != null && !task.isRerun()) {
            places.release();
        }
        if (task != null && pending.isEmpty()) {
            whenEmpty.run();
        }
        return task;
    }

    /** As {@link #remove}, but leaves a task that has ended and is being run again. */
    PendingTask removeFirstRun(final TaskId id) {
        final PendingTask task = pending.get(id);
        if (task == null || task.isRerun() || !pending.remove(id, task)) {
            return null;
        }
        places.release();
        return task;
    }

    /** Takes out the calls of one actor. */
    List<PendingTask> removeOf(final ActorId actor) {
        return removeIf(id -> id.actor().equals(actor));
    }

    /** The calls of one actor that were sent and have not ended, in the order in which they were sent. Only for the thread that sends them. */
    List<Call> sentTo(final ActorId actor) {
        return pending.values().stream()
                .filter(task -> task.id().actor().equals(actor))
                .map(PendingTask::call)
                .filter(call -> call != null && call.isSent())
                .sorted(Comparator.comparingLong(Call::sequence))
                .toList();
    }

    /** Whether calls of actors have not been sent. Of one that is sent at this moment by another thread it may say so still. */
    boolean hasUnsentCalls() {
        return pending.values().stream()
                .map(PendingTask::call)
                .anyMatch(call -> call != null && call.request().kind == TaskKind.ACTOR_CALL && !call.isSent());
    }

    /** Nothing more will come: all fail, and so do those that are still added. */
    void stop(final Failure why) {
        stopped = why;
        removeIf(id -> true).forEach(task -> task.fail(why));
    }

    /** Those of this table that the task has made and whose call is kept. */
    List<PendingTask> madeBy(final TaskId task) {
        final UnsafeBuffer maker = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        task.write(maker, 0);
        return pending.values().stream()
                .filter(made ->
                        made.origin() != null && maker.equals(made.origin().request().parent))
                .toList();
    }

    private List<PendingTask> removeIf(final Predicate<TaskId> which) {
        final List<PendingTask> removed = new ArrayList<>();
        for (final TaskId id : pending.keySet()) {
            if (which.test(id)) {
                final PendingTask task = remove(id);
                if (task != null) {
                    removed.add(task);
                }
            }
        }
        return removed;
    }
}
