/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.gcs.NodeDemand;
import io.thornback.ids.TaskId;
import io.thornback.observe.TaskState;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Links;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.TaskKind;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to workers: takes them from the queues when their resources can be granted and a worker is idle, and takes both back at the end.
 *
 * <p><b>Ahead.</b> A worker that runs short tasks is sent more of the same scheduling class before it has ended the one that it runs, so that it need not wait for the raylet after each.
 * Only tasks that may be run again: of those that a dead worker had, the first that had not ended may have begun, and which one that is the worker's last message may have said. What
 * was sent ahead comes back when the worker's task waits in {@code get} (the worker sends it back by itself) or takes long (the raylet asks for it).
 *
 * <p>The raylet's agent's.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    /** A task that runs longer than this keeps nothing waiting behind it. */
    private static final long LONG_NS = 5_000_000;
    /** The same where nobody else could run it now: with more workers than cores most tasks take longer than they would, and to ask for what comes back to the same worker only costs. */
    private static final long LONG_WITHOUT_OTHERS_NS = 50_000_000;
    /** While other classes wait too, a worker is not sent more of the same for longer than this: then it gives back what it holds, and the next class has its turn. */
    private static final long SLICE_NS = 10_000_000;

    private final RayletConfig config;
    private final ResourceManager resources;
    private final WorkerPool pool;
    private final JobTable jobs;
    private final Links links;
    private final TaskObserver observer;
    private final TaskQueues queues = new TaskQueues();
    private final Grants grants;
    private final NodePlacement placement;
    private final Fairness fairness;
    private final WaitReports reports;
    private final Environments environments;
    private final Cancellations cancellations;
    private BiConsumer<TaskRecord, String> notCreated = (creation, why) -> {};
    private long finished;
    private long failed;
    private int running;
    /** How many tasks were sent ahead and have not begun, as far as the raylet can tell. */
    private int ahead;
    /** Whether more than one class waits for what this node has. */
    private boolean contended;
    /** How often it was looked what can be started. */
    private long pass;

    Dispatcher(
            final RayletConfig config,
            final ResourceManager resources,
            final WorkerPool pool,
            final JobTable jobs,
            final Links links,
            final Placing placing,
            final TaskObserver observer) {
        this.config = config;
        this.resources = resources;
        this.grants = new Grants(resources);
        this.pool = pool;
        this.jobs = jobs;
        this.links = links;
        this.observer = observer;
        this.placement = placing.placement();
        this.environments = placing.environments();
        this.fairness = new Fairness(config.scheduler().patienceNs());
        this.reports = new WaitReports(links, resources);
        this.cancellations = new Cancellations(queues, pool, jobs, observer);
    }

    /** What decides where tasks run, and what workers they need. */
    record Placing(NodePlacement placement, Environments environments) {}

    /** Takes on a task; or tells its owner why not. */
    void submit(final TaskRecord task, final long nowNs) {
        observer.submitted(task);
        if (jobs.get(task.job()) == null) {
            LOG.debug("{} dropped: its job has ended", task);
            if (task.kind == TaskKind.ACTOR_CREATION) {
                notCreated.accept(task, "its job has ended");
            }
            observer.over(task, TaskState.CANCELLED);
        } else if (queues.size() >= config.maxQueuedTasks()) {
            fail(
                    task,
                    FailureKind.BAD_REQUEST,
                    "limit=" + config.maxQueuedTasks() + " tasks wait on this node already (raylet.max-queued-tasks)");
        } else {
            final String problem = environments.resolve(task, jobs.get(task.job()));
            if (problem.isEmpty()) {
                queues.add(task, nowNs);
            } else {
                fail(task, FailureKind.BAD_REQUEST, problem);
            }
        }
    }

    /** Starts whatever can be started now; what is cancelled has been dropped. */
    void dispatch(final long nowNs) {
        grants.payDebts();
        fairness.update(nowNs, queues.waiting(), resources, pool::heldByActors);
        contended = queues.areContended();
        pass++;
        final WorkersWanted wanted = new WorkersWanted();
        queues.visit(nowNs, (task, of) -> visit(task, of, wanted, nowNs));
        wanted.counts().forEach((environment, count) -> {
            if (pool.cannotStart(environment)) {
                failWaitingFor(environment);
            } else {
                pool.ensureStarting(count, environment, nowNs);
            }
        });
    }

    private TaskQueues.Verdict visit(
            final TaskRecord task, final SchedulingClass of, final WorkersWanted wanted, final long nowNs) {
        if (!placement.decide(of).isFeasible() || !fairness.mayTake(of, resources)) {
            return TaskQueues.Verdict.WAITS;
        }
        if (!grants.fits(task.request)) {
            return fillUp(task, of, nowNs);
        }
        if (sendAhead(task, of, of.brief(), nowNs) == TaskQueues.Verdict.TAKEN) {
            return TaskQueues.Verdict.TAKEN;
        }
        final WorkerRecord worker = pool.idleFor(task.job(), task.memoryBytes(), task.environment);
        if (worker == null) {
            if (task.memoryBytes() > 0 && !pool.cannotStart(task.environment)) {
                pool.ensureOneOf(task.memoryBytes(), task.environment, nowNs);
            } else {
                wanted.add(task.environment, workersWanted(of));
            }
            return fillUp(task, of, nowNs);
        }
        if (fairness.holdsFor(of)) {
            queues.lookAgain(); // What was kept for it is not kept any more.
        }
        run(worker, task, nowNs);
        return TaskQueues.Verdict.TAKEN;
    }

    /**
     * What falls due without a message: reservations end, owners hear what their tasks wait for, and what nobody can grant is given up if the node is set so. Returns how much was done.
     */
    int tick(final long nowNs) {
        final boolean ended = fairness.update(nowNs, queues.waiting(), resources, pool::heldByActors);
        if (ended) {
            dispatch(nowNs);
        }
        return (ended ? 1 : 0)
                + reports.report(queues.waiting(), nowNs)
                + reports.giveUp(queues, config.scheduler().infeasibleTimeoutNs(), nowNs, this::fail);
    }

    /** Whether somebody has use for a process of this environment: a task that waits, or all of a job. */
    boolean needs(final RuntimeEnvironment ofProcess) {
        return queues.waitFor(ofProcess) || jobs.anyNeeds(ofProcess);
    }

    /** What waits here and for what. */
    List<NodeDemand> demands(final long nowNs) {
        return reports.demands(queues.waiting(), nowNs);
    }

    /** How many tasks of this class could run now if there were workers. */
    private int workersWanted(final SchedulingClass of) {
        final ResourceAmount cpus = of.request.get(ResourceSet.CPU);
        if (cpus.isZero()) {
            return of.waiting.size();
        }
        final long fitting = resources.available(ResourceSet.CPU).units() / cpus.units();
        return (int) Math.min(of.waiting.size(), fitting);
    }

    private void failWaitingFor(final RuntimeEnvironment environment) {
        final String last = pool.forgetFailedStarts(environment);
        for (final TaskRecord task :
                queues.removeIf(t -> t.environment.ofProcess().equals(environment.ofProcess()))) {
            fail(
                    task,
                    FailureKind.WORKER_START_FAILED,
                    "worker processes do not start on this node; the last: " + last);
        }
    }

    private void run(final WorkerRecord worker, final TaskRecord task, final long nowNs) {
        grants.give(worker, task.request);
        if (worker.job == null) {
            worker.job = jobs.get(task.job());
            worker.environment = task.environment;
            RayletMessages.sendAssign(worker, config.nodeId(), config.maxTasksInFlight());
            RayletMessages.tellDriver(links, worker, "worker-" + worker.number);
        }
        worker.state = WorkerRecord.State.BUSY;
        worker.idleSinceNs = nowNs;
        worker.runsSinceNs = nowNs;
        worker.grantedNs = nowNs;
        running++;
        send(worker, task, nowNs);
    }

    private void send(final WorkerRecord worker, final TaskRecord task, final long nowNs) {
        worker.tasks.addLast(task);
        task.attempt++;
        observer.scheduled(task, worker, nowNs);
        RayletMessages.sendRun(links, worker.outbox, task);
    }

    /**
     * Sends the task ahead where no worker is free for it. A worker is filled to the brim once it has run half of what it may have, and not before: one message a task and a wake-up for
     * each would have both processes run for every task.
     */
    private TaskQueues.Verdict fillUp(final TaskRecord task, final SchedulingClass of, final long nowNs) {
        return sendAhead(task, of, 1 + of.ahead(), nowNs);
    }

    /** Sends the task to the worker of its class that has least to do, if there is one with room: with fewer than so many, or half of them when it was last sent some in another pass. */
    private TaskQueues.Verdict sendAhead(
            final TaskRecord task, final SchedulingClass of, final int most, final long nowNs) {
        if (most <= 1 || task.kind != TaskKind.TASK || task.maxRetries == 0 || !fairness.mayHoldOn(of)) {
            return TaskQueues.Verdict.WAITS;
        }
        WorkerRecord best = null;
        for (final WorkerRecord worker : pool.all()) {
            if (worker.state == WorkerRecord.State.BUSY
                    && !worker.blocked
                    && !worker.askedBack
                    && (!contended || nowNs - worker.grantedNs < SLICE_NS)
                    && worker.tasks.size() < (worker.filledInPass == pass ? most : 1 + most / 2)
                    && (best == null || worker.tasks.size() < best.tasks.size())
                    && worker.task().schedulingClass == of) {
                best = worker;
            }
        }
        if (best == null) {
            return TaskQueues.Verdict.WAITS;
        }
        ahead++;
        best.filledInPass = pass;
        send(best, task, nowNs);
        return TaskQueues.Verdict.TAKEN;
    }

    /** Asks for what waits behind long tasks. Returns the number of workers asked. */
    int askBack(final long nowNs) {
        int asked = 0;
        if (ahead > 0) {
            for (final WorkerRecord worker : pool.all()) {
                if (worker.tasks.size() > 1 && !worker.askedBack && hasTooMuch(worker, nowNs)) {
                    worker.askedBack = true;
                    worker.task().schedulingClass.took(nowNs - worker.runsSinceNs);
                    RayletMessages.sendReturnTasks(worker.outbox);
                    asked++;
                }
            }
        }
        return asked;
    }

    private boolean hasTooMuch(final WorkerRecord worker, final long nowNs) {
        final long runsNs = nowNs - worker.runsSinceNs;
        return runsNs > LONG_WITHOUT_OTHERS_NS || (runsNs > LONG_NS && grants.fits(worker.task().request));
    }

    /** Whether some worker has more than it runs, which may have to be asked back. */
    boolean hasSentAhead() {
        return ahead > 0;
    }

    /** A worker sends back a task that it has not begun. */
    void returned(final WorkerRecord worker, final TaskId id, final long nowNs) {
        final TaskRecord task = worker.remove(id);
        if (task == null) {
            return; // A repeat.
        }
        hasOneLess(worker, nowNs);
        task.attempt--;
        if (!task.cancelled && jobs.get(task.job()) != null) {
            queues.addFirst(task, nowNs);
            observer.givenBack(task);
        } else {
            observer.over(task, TaskState.CANCELLED);
        }
    }

    /**
     * A worker has ended a plain task.
     *
     * @param tookNs from when it began until its result was sent, as the worker says; 0: it did not begin
     */
    void ended(final WorkerRecord worker, final TaskId id, final boolean ok, final long tookNs, final long nowNs) {
        takeOff(worker, id, tookNs, nowNs);
        if (ok) {
            finished++;
        } else {
            failed++;
        }
    }

    private TaskRecord takeOff(final WorkerRecord worker, final TaskId id, final long tookNs, final long nowNs) {
        final boolean first = worker.task().id.equals(id);
        final TaskRecord task = worker.remove(id);
        if (first) {
            if (tookNs > 0) {
                task.schedulingClass.took(tookNs);
            }
            worker.runsSinceNs = nowNs;
            worker.askedBack = false;
        }
        hasOneLess(worker, nowNs);
        if (first && !worker.tasks.isEmpty() && worker.task().forced) {
            pool.stop(worker);
        }
        return task;
    }

    /** A task was taken off the worker. That was its last also where it had been sent ahead, and comes back after the one before it has ended. */
    private void hasOneLess(final WorkerRecord worker, final long nowNs) {
        if (!worker.tasks.isEmpty()) {
            ahead--;
            return;
        }
        grants.takeBack(worker);
        running--;
        if (worker.state == WorkerRecord.State.BUSY) {
            pool.idle(worker, nowNs);
        }
    }

    /** A worker has ended a plain task with an exception after which it is to be run again; as {@link #ended}. */
    void endedToRunAgain(final WorkerRecord worker, final TaskId id, final long tookNs, final long nowNs) {
        final TaskRecord task = takeOff(worker, id, tookNs, nowNs);
        if (task.cancelled || jobs.get(task.job()) == null) {
            failed++;
            observer.over(task, TaskState.CANCELLED);
        } else {
            queues.addFirst(task, nowNs);
            observer.requeued(task);
        }
    }

    /** The creation of an actor has succeeded: it keeps worker and resources. */
    void becameActor(final WorkerRecord worker) {
        worker.state = WorkerRecord.State.ACTOR;
        worker.actorAlive = true;
        RayletMessages.tellDriver(links, worker, worker.task().name);
        running--;
        finished++;
    }

    /** The worker is no more: what it held is free, what it ran is run again or has failed, what it had not begun is run by another. */
    void workerGone(final WorkerRecord worker, final String how, final long nowNs) {
        final TaskRecord first = worker.task();
        if (first == null) {
            return;
        }
        grants.takeBack(worker);
        if (worker.wasRunning()) {
            running--;
        }
        ahead -= worker.tasks.size() - 1;
        for (final Iterator<TaskRecord> last = worker.tasks.descendingIterator(); last.hasNext(); ) {
            final TaskRecord task = last.next();
            final boolean isActor = task.kind != TaskKind.TASK;
            if (isActor || jobs.get(task.job()) == null) {
                if (worker.wasRunning()) {
                    observer.over(task, jobs.get(task.job()) == null ? TaskState.CANCELLED : TaskState.FAILED);
                }
                continue; // The actor's death is told by the directory; a job that is over has nobody to tell.
            }
            if (task == first) {
                runAgain(task, worker, how, nowNs);
            } else if (!task.cancelled) {
                task.attempt--;
                queues.addFirst(task, nowNs);
                observer.givenBack(task);
            } else {
                observer.over(task, TaskState.CANCELLED);
            }
        }
        worker.tasks.clear();
    }

    private void runAgain(final TaskRecord task, final WorkerRecord worker, final String how, final long nowNs) {
        if (task.cancelled) {
            failed++;
            observer.over(task, TaskState.CANCELLED);
        } else if (task.attempt <= task.maxRetries) {
            LOG.info("{} will run again: {} {}", task, worker, how);
            queues.addFirst(task, nowNs);
            observer.requeued(task);
        } else {
            final FailureKind kind = worker.endedFor == null ? FailureKind.WORKER_DIED : FailureKind.OUT_OF_MEMORY;
            fail(task, kind, pool.obituary(worker, how));
        }
    }

    /** What is not wanted any more. */
    Cancellations cancellations() {
        return cancellations;
    }

    /** The worker's task waits for an object: others may have its CPUs. */
    void blocked(final WorkerRecord worker) {
        grants.lend(worker);
    }

    /** The worker's task goes on. */
    void unblocked(final WorkerRecord worker) {
        grants.reclaim(worker);
    }

    /** Who is told that an actor will not be created. Set once, before use. */
    void onNotCreated(final BiConsumer<TaskRecord, String> listener) {
        notCreated = listener;
    }

    /** Queues the creation of an actor whose process has died; before what has not run. */
    void submitAgain(final TaskRecord creation, final long nowNs) {
        observer.submitted(creation);
        queues.addFirst(creation, nowNs);
    }

    /** Tells the owner that no result will come. */
    void fail(final TaskRecord task, final FailureKind kind, final String why) {
        failed++;
        if (task.kind == TaskKind.ACTOR_CREATION) {
            notCreated.accept(task, why);
        }
        observer.over(task, TaskState.FAILED);
        links.tryTo(task.ownerInbox)
                .ifPresent(owner -> RayletMessages.sendFailed(owner, task.id, task.attempt, kind, why));
    }

    /** Takes out all that waits. */
    List<TaskRecord> drain() {
        return queues.removeIf(task -> true);
    }

    /** Whether nothing runs, and nothing waits that could ever run as the node is now. */
    boolean isAtRest() {
        return running == 0 && queues.waiting().stream().noneMatch(SchedulingClass::isFeasible);
    }

    int queued() {
        return queues.size();
    }

    /** Tasks that workers have beside those that they run. */
    int ahead() {
        return ahead;
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
