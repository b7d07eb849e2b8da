/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.observe.TaskState;
import io.thornback.transport.wire.TaskKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes out what nobody wants any more, for its owner has said so, or is gone, or the job is over. What waits never runs; of what runs, the worker is told, or its process killed. The raylet's agent's.
 */
final class Cancellations {
    private final TaskQueues queues;
    private final WorkerPool pool;
    private final JobTable jobs;
    private final TaskObserver observer;
    /** Tasks that are cancelled and wait; taken out of the queues once in each duty cycle, however many they are. */
    private final Set<TaskId> cancelled = new HashSet<>();

    Cancellations(final TaskQueues queues, final WorkerPool pool, final JobTable jobs, final TaskObserver observer) {
        this.queues = queues;
        this.pool = pool;
        this.jobs = jobs;
        this.observer = observer;
    }

    /** The owner does not want the task any more. It has not begun, or runs and its worker is told, or killed; if it has ended nothing happens. */
    void cancel(final TaskId id, final boolean force) {
        for (final WorkerRecord worker : pool.all()) {
            final TaskRecord task = worker.find(id);
            if (task != null) {
                cancel(worker, task, force);
                return;
            }
        }
        cancelled.add(id);
    }

    private void cancel(final WorkerRecord worker, final TaskRecord task, final boolean force) {
        task.cancelled = true;
        task.forced |= force;
        if (worker.state != WorkerRecord.State.BUSY) {
            return;
        }
        if (force && worker.task() == task) {
            pool.stop(worker);
        } else {
            RayletMessages.sendCancel(worker.outbox, task.id);
        }
    }

    /** Takes cancelled tasks out of the queues; returns how many. */
    int dropCancelled() {
        if (cancelled.isEmpty()) {
            return 0;
        }
        final int dropped = drop(task -> cancelled.contains(task.id));
        cancelled.clear();
        return dropped;
    }

    /** An actor was killed whose creation had not run. */
    void dropActor(final ActorId actor) {
        drop(task -> task.kind == TaskKind.ACTOR_CREATION && task.actor().equals(actor));
    }

    /** A worker is no more whose tasks had asked for others: nobody waits for these, and what runs again asks anew. Actors that it has created live on. */
    void ownerGone(final String inbox) {
        final Predicate<TaskRecord> isOrphan = task -> task.kind == TaskKind.TASK && task.ownerInbox.equals(inbox);
        drop(isOrphan);
        for (final WorkerRecord worker : pool.all()) {
            List.copyOf(worker.tasks).stream().filter(isOrphan).forEach(task -> cancel(worker, task, false));
        }
    }

    /** A job is over, or its driver has gone: what waits for it is dropped, but for what goes on without the driver. */
    void jobEnded(final JobId job, final Survivors survivors) {
        final boolean isOver = jobs.get(job) == null;
        drop(task -> task.job().equals(job) && (isOver || !survivors.includes(task)));
        if (isOver) {
            queues.forgetJob(job);
        }
    }

    private int drop(final Predicate<TaskRecord> which) {
        final List<TaskRecord> dropped = queues.removeIf(which);
        dropped.forEach(task -> observer.over(task, TaskState.CANCELLED));
        return dropped.size();
    }
}
