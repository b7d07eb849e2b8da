/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Links;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to workers: takes them from the queues when their resources can be granted and a worker is idle, and takes both back at the end.
 * The raylet's agent's.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final RayletConfig config;
    private final ResourceManager resources;
    private final WorkerPool pool;
    private final JobTable jobs;
    private final Links links;
    private final TaskQueues queues = new TaskQueues();
    /** CPUs of tasks that go on after they waited, and that were lent to others meanwhile: taken as soon as there are any. */
    private final ArrayDeque<TaskRecord> owed = new ArrayDeque<>();

    /** Tasks that are cancelled and wait; taken out of the queues once in each duty cycle, however many they are. */
    private final Set<TaskId> cancelled = new HashSet<>();

    private long finished;
    private long failed;
    private int running;

    Dispatcher(
            final RayletConfig config,
            final ResourceManager resources,
            final WorkerPool pool,
            final JobTable jobs,
            final Links links) {
        this.config = config;
        this.resources = resources;
        this.pool = pool;
        this.jobs = jobs;
        this.links = links;
    }

    /** Takes on a task; or tells its owner why not. */
    void submit(final TaskRecord task) {
        if (jobs.get(task.job()) == null) {
            LOG.debug("{} dropped: its job has ended", task);
        } else if (!resources.feasible(task.request)) {
            fail(
                    task,
                    FailureKind.INFEASIBLE,
                    "asks for " + task.request + "; this cluster has " + resources.total()
                            + "; ask for less, or start the node with more (--cpus, --memory, --resources)");
        } else if (queues.size() >= config.maxQueuedTasks()) {
            fail(
                    task,
                    FailureKind.BAD_REQUEST,
                    "limit=" + config.maxQueuedTasks() + " tasks wait on this node already (raylet.max-queued-tasks)");
        } else {
            queues.add(task);
        }
    }

    /** Starts whatever can be started now. */
    void dispatch(final long nowNs) {
        payDebts();
        final int[] wanted = new int[1];
        queues.visit((task, queueLength) -> {
            if (cancelled.contains(task.id)) {
                return TaskQueues.Verdict.TAKEN;
            }
            final WorkerRecord worker = pool.idleFor(task.job(), task.memoryBytes());
            if (worker == null) {
                if (task.memoryBytes() > 0 && fits(task.request)) {
                    pool.ensureOneOf(task.memoryBytes(), nowNs);
                } else if (fits(task.request)) {
                    wanted[0] += workersWanted(task.request, queueLength);
                }
                return TaskQueues.Verdict.WAITS;
            }
            if (resources.tryAllocate(task.request).isPresent()) {
                return TaskQueues.Verdict.WAITS;
            }
            run(worker, task, nowNs);
            return TaskQueues.Verdict.TAKEN;
        });
        if (wanted[0] > 0 && pool.cannotStart()) {
            failAllWaiting();
        } else if (wanted[0] > 0) {
            pool.ensureStarting(wanted[0], nowNs);
        }
    }

    private boolean fits(final ResourceSet request) {
        return resources.available().covers(request);
    }

    /** How many tasks of this size could run now if there were workers. */
    private int workersWanted(final ResourceSet request, final int queueLength) {
        final ResourceAmount cpus = request.get(ResourceSet.CPU);
        if (cpus.isZero()) {
            return queueLength;
        }
        final long fitting = resources.available().get(ResourceSet.CPU).units() / cpus.units();
        return (int) Math.min(queueLength, fitting);
    }

    private void failAllWaiting() {
        pool.forgetFailedStarts();
        for (final TaskRecord task : queues.removeIf(t -> true)) {
            fail(
                    task,
                    FailureKind.WORKER_START_FAILED,
                    "worker processes do not start on this node; see " + pool.logOf(0) + " and its neighbours");
        }
    }

    private void run(final WorkerRecord worker, final TaskRecord task, final long nowNs) {
        if (worker.job == null) {
            worker.job = jobs.get(task.job());
            RayletMessages.sendAssign(worker.outbox, worker.job, config.nodeId(), config.maxTasksInFlight());
        }
        worker.state = WorkerRecord.State.BUSY;
        worker.task = task;
        worker.idleSinceNs = nowNs;
        task.attempt++;
        running++;
        RayletMessages.sendRun(worker.outbox, task);
    }

    /** A worker has ended a plain task. */
    void ended(final WorkerRecord worker, final boolean ok, final long nowNs) {
        giveBack(worker.task);
        running--;
        if (ok) {
            finished++;
        } else {
            failed++;
        }
        pool.idle(worker, nowNs);
    }

    /** The creation of an actor has succeeded: it keeps worker and resources. */
    void becameActor(final WorkerRecord worker) {
        worker.state = WorkerRecord.State.ACTOR;
        worker.actorAlive = true;
        running--;
        finished++;
    }

    /** The worker is no more: what it held is free, what it ran is run again or has failed. */
    void workerGone(final WorkerRecord worker, final String how) {
        final TaskRecord task = worker.task;
        if (task == null) {
            return;
        }
        worker.task = null;
        giveBack(task);
        final boolean isActor = task.kind != TaskKind.TASK;
        if (worker.wasRunning()) {
            running--;
        }
        if (isActor || jobs.get(task.job()) == null) {
            return; // The actor's death is told by the directory; a job that is over has nobody to tell.
        }
        if (task.cancelled) {
            failed++;
        } else if (task.attempt <= task.maxRetries) {
            LOG.info("{} will run again: {} {}", task, worker, how);
            queues.addFirst(task);
        } else {
            fail(task, FailureKind.WORKER_DIED, worker + " " + how + "; see " + pool.logOf(worker.number));
        }
    }

    /** The owner does not want the task any more. It has not begun, or runs and its worker is told, or killed; if it has ended nothing happens. */
    void cancel(final TaskId id, final boolean force) {
        for (final WorkerRecord worker : pool.all()) {
            if (worker.task != null && worker.task.id.equals(id)) {
                worker.task.cancelled = true;
                if (worker.state == WorkerRecord.State.BUSY) {
                    if (force) {
                        pool.stop(worker);
                    } else {
                        RayletMessages.sendCancel(worker.outbox, id);
                    }
                }
                return;
            }
        }
        cancelled.add(id);
    }

    /** Takes cancelled tasks out of the queues; returns how many. */
    int dropCancelled() {
        if (cancelled.isEmpty()) {
            return 0;
        }
        final int dropped = queues.removeIf(task -> cancelled.contains(task.id)).size();
        cancelled.clear();
        return dropped;
    }

    /** The task waits for an object: others may have its CPUs. */
    void blocked(final WorkerRecord worker) {
        final TaskRecord task = worker.task;
        if (task != null && !task.blocked) {
            task.blocked = true;
            resources.release(cpusOf(task));
        }
    }

    /** The task goes on; if its CPUs are in use it runs beside the others until some come back. */
    void unblocked(final WorkerRecord worker) {
        final TaskRecord task = worker.task;
        if (task != null && task.blocked) {
            owed.add(task);
            payDebts();
        }
    }

    private void payDebts() {
        final Iterator<TaskRecord> each = owed.iterator();
        while (each.hasNext()) {
            final TaskRecord task = each.next();
            if (resources.tryAllocate(cpusOf(task)).isPresent()) {
                return;
            }
            task.blocked = false;
            each.remove();
        }
    }

    private void giveBack(final TaskRecord task) {
        owed.remove(task);
        resources.release(task.blocked ? task.request.minus(cpusOf(task)) : task.request);
        task.blocked = false;
    }

    private static ResourceSet cpusOf(final TaskRecord task) {
        return ResourceSet.EMPTY.with(ResourceSet.CPU, task.request.get(ResourceSet.CPU));
    }

    /** Tells the owner that no result will come. */
    void fail(final TaskRecord task, final FailureKind kind, final String why) {
        failed++;
        links.tryTo(task.ownerInbox).ifPresent(owner -> RayletMessages.sendFailed(owner, task, kind, why));
    }

    /** Drops what waits for a job that is over. */
    void jobEnded(final JobId job) {
        queues.removeIf(task -> task.job().equals(job));
    }

    /** Drops the creation of an actor that was killed before it ran. */
    void dropActor(final ActorId actor) {
        queues.removeIf(
                task -> task.kind == TaskKind.ACTOR_CREATION && task.actor().equals(actor));
    }

    /** Takes out all that waits. */
    List<TaskRecord> drain() {
        return queues.removeIf(task -> true);
    }

    int queued() {
        return queues.size();
    }

    int running() {
        return running;
    }

    long finished() {
        return finished;
    }

    long failed() {
        return failed;
    }
}
