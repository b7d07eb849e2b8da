/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.gcs.PeerNode;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.labels.LabelManager;
import io.thornback.observe.Counter;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.MemoryUsage;
import io.thornback.resources.ResourceManager;
import io.thornback.runtime.InboxAgent;
import io.thornback.runtime.Message;
import io.thornback.runtime.MessageHandler;
import io.thornback.runtime.Outbox;
import io.thornback.scheduling.Policies;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.wire.ActorLeftDecoder;
import io.thornback.transport.wire.ActorLookupDecoder;
import io.thornback.transport.wire.CallsNowDecoder;
import io.thornback.transport.wire.CancelTaskDecoder;
import io.thornback.transport.wire.ChangeNodeDecoder;
import io.thornback.transport.wire.DriverHelloDecoder;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.GoodbyeDecoder;
import io.thornback.transport.wire.KillActorDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.OwesNothingDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.SubmitTaskDecoder;
import io.thornback.transport.wire.TaskDoneDecoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.TaskOutcome;
import io.thornback.transport.wire.TaskReturnedDecoder;
import io.thornback.transport.wire.WireVersion;
import io.thornback.transport.wire.WorkerBlockedDecoder;
import io.thornback.transport.wire.WorkerHelloDecoder;
import io.thornback.transport.wire.WorkerUnblockedDecoder;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's scheduler: reads what drivers and workers send, and lets the parts that own the state act on it. All of it runs on the agent's thread.
 */
final class Raylet implements MessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Raylet.class);

    private final RayletConfig config;
    private final InboxAgent agent;
    private final NanoClock clock;
    private final ClusterLink cluster;
    private final IntConsumer releaseObjects;
    private final JobTable jobs;
    private final ResourceManager resources;
    private final LabelManager labels;
    private final NodeChanges nodeChanges;
    private final WorkerPool pool;
    private final MemoryGuard memory;
    private final JarFolder jars;
    private final NodePlacement placement;
    private final Dispatcher dispatcher;
    private final ActorManager actors;
    private final NodeRecorder recorder;
    private final NodeGauges gauges;
    private final RequirementsReader requirements = new RequirementsReader();
    private long nextHeartbeatNs;
    /** Whether something has happened since the last pass of the dispatcher by which more could run; one pass in a duty cycle, however many messages it read. */
    private boolean due;

    private boolean stopping;
    private final Draining draining;

    /**
     * @param agent reads the raylet's inbox.
     * @param launcher makes workers; closed by its owner.
     * @param cluster hears of load and jobs.
     * @param releaseObjects deletes the objects of a job that is over.
     * @param recorder shows from outside what happens; closed by its owner.
     * @param clock of the time-outs.
     */
    Raylet(
            final RayletConfig config,
            final InboxAgent agent,
            final WorkerLauncher launcher,
            final ClusterLink cluster,
            final IntConsumer releaseObjects,
            final NodeRecorder recorder,
            final NanoClock clock) {
        this.config = config;
        this.agent = agent;
        this.clock = clock;
        this.cluster = cluster;
        this.jobs = new JobTable(cluster.jobBlock());
        this.releaseObjects = releaseObjects;
        this.resources = new ResourceManager(config.total());
        this.labels = new LabelManager(config.nodeId(), config.scheduler().labels());
        this.nodeChanges = new NodeChanges(resources, labels, agent.links());
        this.pool = new WorkerPool(config, launcher, new PoolEvents());
        this.recorder = recorder;
        this.placement = new NodePlacement(
                config.nodeId(), resources, labels, new Policies(config.nodeId().hashCode()));
        this.jars = new JarFolder(config.scheduler().jars());
        this.memory = new MemoryGuard(new MemoryPolicy(config.scheduler().memoryThreshold()), pool);
        this.dispatcher = new Dispatcher(
                config,
                resources,
                pool,
                jobs,
                agent.links(),
                new Dispatcher.Placing(placement, new Environments(jars, launcher.hasProcesses())),
                recorder);
        this.draining = new Draining(dispatcher, pool);
        this.actors = new ActorManager(dispatcher, pool, agent.links(), recorder, clock);
        actors.onLastDetached(this::lastDetachedEnded);
        this.gauges = new NodeGauges(recorder, dispatcher, pool, resources, agent.links());
        this.nextHeartbeatNs = clock.nanoTime();
        agent.addHandler(this);
        agent.addDuty(this::duty);
    }

    /** Hands what happens on other threads to the agent's. */
    private final class PoolEvents implements WorkerPool.Events {
        @Override
        public void started(final int number, final ProcessIdentity identity) {
            agent.execute(() -> {
                final WorkerRecord worker = pool.get(number);
                if (worker != null) {
                    worker.identity = identity;
                    recorder.counters().add(Counter.WORKERS_STARTED, 1);
                    gauges.changed();
                }
            });
        }

        @Override
        public void exited(final int number, final String how, final boolean shot, final List<String> lastLines) {
            agent.execute(() -> {
                final WorkerRecord worker = pool.get(number);
                if (worker != null) {
                    worker.lastLines = lastLines;
                    worker.shot = shot;
                }
                if (worker != null && worker.identity != null && !worker.identity.equals(ProcessIdentity.current())) {
                    agent.producerDied(worker.identity);
                }
                // What it had sent before it died comes first.
                agent.executeWhenDrained(() -> workerGone(number, how));
            });
        }
    }

    private int duty() {
        if (stopping) {
            return 0; // The cluster has been told that the node leaves; no heartbeat may follow.
        }
        final long now = clock.nanoTime();
        int work = pool.sweep(now) + dispatcher.cancellations().dropCancelled();
        if (due) {
            due = false;
            dispatcher.dispatch(now);
            work++;
        }
        work += dispatcher.askBack(now) + dispatcher.tick(now);
        if (now - nextHeartbeatNs >= 0) {
            nextHeartbeatNs = now + cluster.heartbeatNs();
            cluster.heartbeat(new ClusterLink.Load(
                    pool.size(),
                    pool.count(WorkerRecord::isIdle),
                    dispatcher.running(),
                    dispatcher.queued(),
                    dispatcher.finished(),
                    dispatcher.failed(),
                    resources.available(),
                    resources.total(),
                    dispatcher.demands(now),
                    labels.labels(),
                    draining.isUnderWay()));
        }
        draining.duty(now);
        pool.refill(now);
        gauges.duty(now, jobs.size());
        agent.watchful(dispatcher.hasSentAhead() || gauges.isBehind() || draining.isUnderWay());
        return work;
    }

    @Override
    public boolean onMessage(final Message message) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        final InboundLane from = message.from();
        final DirectBuffer buffer = message.buffer();
        final int offset = message.offset();
        switch (message.templateId()) {
            case SubmitTaskDecoder.TEMPLATE_ID -> onSubmit(from, buffer, offset);
            case OwesNothingDecoder.TEMPLATE_ID ->
                workerOf(from).ifPresent(worker -> pool.owesNothing(worker, clock.nanoTime()));
            case TaskDoneDecoder.TEMPLATE_ID ->
                onDone(from, new TaskDoneDecoder().wrapAndApplyHeader(buffer, offset, header));
            case TaskReturnedDecoder.TEMPLATE_ID ->
                onReturned(from, new TaskReturnedDecoder().wrapAndApplyHeader(buffer, offset, header));
            case CancelTaskDecoder.TEMPLATE_ID ->
                onCancel(new CancelTaskDecoder().wrapAndApplyHeader(buffer, offset, header));
            case WorkerBlockedDecoder.TEMPLATE_ID -> workerOf(from).ifPresent(dispatcher::blocked);
            case WorkerUnblockedDecoder.TEMPLATE_ID -> workerOf(from).ifPresent(dispatcher::unblocked);
            case ActorLookupDecoder.TEMPLATE_ID ->
                actors.onLookup(
                        from.producerName(), new ActorLookupDecoder().wrapAndApplyHeader(buffer, offset, header));
            case ActorLeftDecoder.TEMPLATE_ID ->
                workerOf(from)
                        .ifPresent(worker -> actors.onLeft(
                                worker, new ActorLeftDecoder().wrapAndApplyHeader(buffer, offset, header)));
            case KillActorDecoder.TEMPLATE_ID ->
                actors.onKill(new KillActorDecoder().wrapAndApplyHeader(buffer, offset, header));
            case ChangeNodeDecoder.TEMPLATE_ID ->
                nodeChanges.apply(new ChangeNodeDecoder().wrapAndApplyHeader(buffer, offset, header));
            case DriverHelloDecoder.TEMPLATE_ID ->
                onDriver(new DriverHelloDecoder().wrapAndApplyHeader(buffer, offset, header));
            case WorkerHelloDecoder.TEMPLATE_ID ->
                onWorker(from, new WorkerHelloDecoder().wrapAndApplyHeader(buffer, offset, header));
            case CallsNowDecoder.TEMPLATE_ID ->
                workerOf(from)
                        .ifPresent(worker -> draining.onCalls(
                                worker, new CallsNowDecoder().wrapAndApplyHeader(buffer, offset, header)));
            case GoodbyeDecoder.TEMPLATE_ID -> endJob(jobs.ofInbox(from.producerName()), "its driver has left");
            default -> {
                return false;
            }
        }
        gauges.changed();
        due = true;
        return true;
    }

    /** What other nodes there are has changed. */
    void nodesChanged(final boolean anew, final List<PeerNode> nodes) {
        placement.nodesChanged(anew, nodes);
        due = true;
    }

    private static Optional<WorkerRecord> workerOf(final InboundLane lane) {
        return lane.attachment() instanceof WorkerRecord worker ? Optional.of(worker) : Optional.empty();
    }

    private void onDriver(final DriverHelloDecoder hello) {
        final ProcessIdentity driver = new ProcessIdentity(hello.pid(), hello.startTicks());
        final int layout = hello.layoutVersion();
        final int schema = hello.schemaVersion();
        final String inbox = hello.inbox(); // in the same place in all versions; the rest may be anywhere
        final Outbox outbox = agent.links().to(inbox);
        if (layout != WireVersion.LAYOUT || schema != WireVersion.SCHEMA) {
            RayletMessages.sendWrongVersion(outbox, layout, schema);
            return;
        }
        if (stopping || draining.isUnderWay()) {
            RayletMessages.sendRefused(outbox, RefusalCode.DRAINING, "the node is stopping");
            return;
        }
        final String name = hello.name();
        final String classPath = hello.classPath();
        final String namespace = hello.actorNamespace();
        final String environmentText = hello.environment();
        final String allowedClasses = hello.allowedClasses();
        final RuntimeEnvironment environment;
        try {
            environment = RuntimeEnvironment.decode(environmentText);
        } catch (final IllegalArgumentException e) {
            RayletMessages.sendRefused(outbox, RefusalCode.BAD_MESSAGE, e.getMessage());
            return;
        }
        final Job job = new Job(
                jobs.nextId(),
                driver,
                inbox,
                name,
                classPath,
                namespace,
                allowedClasses,
                environment,
                System.currentTimeMillis());
        jars.needs(job.id(), environment);
        jobs.add(job);
        pool.all().forEach(this::expect);
        agent.onDeath(driver, () -> endJob(jobs.get(job.id()), "its driver has died"));
        RayletMessages.sendWelcome(outbox, job, config.nodeId(), config.maxTasksInFlight());
        cluster.jobStarted(job);
        LOG.info("job {} {} begins: driver pid {}", job.id(), name, driver.pid());
    }

    private void onWorker(final InboundLane from, final WorkerHelloDecoder hello) {
        final int number = hello.worker();
        final WorkerRecord worker = pool.get(number);
        if (worker == null || worker.state != WorkerRecord.State.STARTING) {
            LOG.warn("worker {} of pid {} was not expected", number, hello.pid());
            return;
        }
        worker.identity = new ProcessIdentity(hello.pid(), hello.startTicks());
        worker.outbox = agent.links().to(hello.inbox());
        from.attach(worker);
        pool.ready(worker, clock.nanoTime());
        expect(worker);
    }

    /** Lets a worker of no job open the files of the last that began: it is the likeliest to need it. Jars of the job's own may not be there yet, and a file that is not found once is never looked for again. */
    private void expect(final WorkerRecord worker) {
        final Job job = jobs.lastThatNeeds(worker.environment);
        if (job != null
                && worker.isIdle()
                && worker.job == null
                && job.environment().jars().isEmpty()) {
            RayletMessages.sendExpect(worker.outbox, job.classPath());
        }
    }

    private void onSubmit(final InboundLane from, final DirectBuffer buffer, final int offset) {
        final TaskRecord task;
        try {
            task = RayletMessages.readSubmit(buffer, offset, from.producerName(), requirements);
        } catch (final IllegalArgumentException | ArithmeticException e) {
            refuseSubmit(from, buffer, offset, e.getMessage());
            return;
        }
        task.nested = workerOf(from).isPresent();
        if (stopping || (draining.isUnderWay() && !task.nested)) {
            dispatcher.fail(task, FailureKind.NODE_STOPPING, "the node is stopping");
            return;
        }
        if (task.kind == TaskKind.ACTOR_CREATION) {
            if (!actors.add(task, RayletMessages.readActorName(buffer, offset))) {
                return;
            }
        }
        dispatcher.submit(task, clock.nanoTime());
    }

    @Override
    public void onUnreadable(final Message message) {
        if (message.templateId() == SubmitTaskDecoder.TEMPLATE_ID
                && message.length() >= MessageHeaderDecoder.ENCODED_LENGTH + TaskId.LENGTH) {
            refuseSubmit(message.from(), message.buffer(), message.offset(), "its length fields lead out of it");
        }
    }

    /** Its id stands at the same place whatever is wrong with the rest; its owner would wait for ever. */
    private void refuseSubmit(
            final InboundLane from, final DirectBuffer buffer, final int offset, final String problem) {
        final TaskId id = TaskId.read(
                buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH + SubmitTaskDecoder.taskIdEncodingOffset());
        LOG.warn("task {} of {} cannot be read: {}", id, from.producerName(), problem);
        agent.links()
                .tryTo(from.producerName())
                .ifPresent(owner -> RayletMessages.sendFailed(
                        owner, id, 0, FailureKind.BAD_REQUEST, "the node cannot read what was submitted: " + problem));
    }

    private void onCancel(final CancelTaskDecoder cancel) {
        final TaskId id = TaskId.read(cancel.buffer(), cancel.offset() + CancelTaskDecoder.taskIdEncodingOffset());
        dispatcher.cancellations().cancel(id, cancel.force() != 0);
    }

    private void onDone(final InboundLane from, final TaskDoneDecoder done) {
        final WorkerRecord worker = workerOf(from).orElse(null);
        final TaskId taskId = TaskId.read(done.buffer(), done.offset() + TaskDoneDecoder.taskIdEncodingOffset());
        final TaskRecord ended = worker == null ? null : worker.find(taskId);
        if (ended == null || worker.state != WorkerRecord.State.BUSY) {
            return; // A repeat, or the worker is being stopped.
        }
        worker.owes = done.owes() != 0;
        final long tookNs = done.storedNs() - done.startedNs();
        if (done.outcome() == TaskOutcome.RETRY) {
            dispatcher.endedToRunAgain(worker, taskId, tookNs, clock.nanoTime());
            return;
        }
        final boolean ok = done.outcome() == TaskOutcome.OK;
        recorder.ended(ended, ok, new TaskObserver.Times(done.startedNs(), done.endedNs(), done.storedNs()));
        final TaskRecord task = worker.task();
        if (task.kind == TaskKind.TASK) {
            dispatcher.ended(worker, taskId, ok, tookNs, clock.nanoTime());
        } else {
            if (ok) {
                dispatcher.becameActor(worker);
            } else {
                dispatcher.ended(worker, taskId, false, tookNs, clock.nanoTime());
            }
            actors.created(worker, task, ok);
        }
    }

    private void onReturned(final InboundLane from, final TaskReturnedDecoder returned) {
        final TaskId id =
                TaskId.read(returned.buffer(), returned.offset() + TaskReturnedDecoder.taskIdEncodingOffset());
        workerOf(from).ifPresent(worker -> dispatcher.returned(worker, id, clock.nanoTime()));
    }

    private void workerGone(final int number, final String how) {
        final WorkerRecord worker = pool.remove(number);
        if (worker == null) {
            return;
        }
        final boolean expected = stopping || worker.state == WorkerRecord.State.STOPPING;
        if (!expected) {
            LOG.warn("{}", pool.obituary(worker, how));
        }
        recorder.workerGone(number, expected);
        gauges.changed();
        if (worker.outbox != null) {
            agent.links().forget(worker.outbox.receiver());
        }
        final TaskRecord task = worker.task();
        dispatcher.workerGone(worker, how, clock.nanoTime());
        if (worker.outbox != null) {
            dispatcher.cancellations().ownerGone(worker.outbox.receiver());
        }
        if (task != null && task.kind != TaskKind.TASK) {
            actors.workerGone(worker, task, how);
        }
        due = true;
        releaseIfLast(worker.job);
    }

    /** A job that is over keeps its objects until its last worker is gone: it might still seal some. */
    private void releaseIfLast(final Job job) {
        if (job != null && jobs.get(job.id()) == null && pool.count(w -> w.serves(job.id())) == 0) {
            releaseObjects.accept(job.id().value());
            jars.ended(job.id());
        }
    }

    @Override
    public void onLaneClosed(final InboundLane from, final boolean died) {
        actors.askerGone(from.producerName());
        endJob(jobs.ofInbox(from.producerName()), died ? "its driver has died" : "its driver has left");
    }

    private void endJob(final Job job, final String why) {
        if (job == null || !jobs.remove(job.id())) {
            return;
        }
        if (actors.hasDetached(job.id())) {
            jobs.linger(job);
        }
        LOG.info("job {} {} is over: {}", job.id(), job.name(), why);
        endExcept(job, actors.survivors(job.id()));
        agent.links().forget(job.inbox());
        cluster.jobEnded(job, System.currentTimeMillis());
        releaseIfLast(job);
    }

    private void lastDetachedEnded(final JobId id) {
        final Job job = jobs.get(id);
        if (jobs.endLingering(id)) {
            LOG.info("job {} {}: the last of its detached actors has ended", id, job.name());
            endExcept(job, actors.survivors(id));
            releaseIfLast(job);
        }
    }

    private void endExcept(final Job job, final Survivors survivors) {
        dispatcher.cancellations().jobEnded(job.id(), survivors);
        actors.jobEnded(job.id(), survivors);
        for (final WorkerRecord worker : pool.all()) {
            final boolean isUseless = pool.isSpecialAndUnused(worker) && !dispatcher.needs(worker.environment);
            if (isUseless || (worker.serves(job.id()) && !survivors.includes(worker))) {
                pool.stop(worker);
            }
        }
    }

    /** Memory is short and somebody has to go, or it no longer is. Agent's thread. */
    void memoryUsed(final MemoryUsage usage) {
        if (!stopping) {
            memory.onUsage(usage, clock.nanoTime());
        }
    }

    /**
     * No new jobs, of tasks only those that others have submitted here, and of calls only those of workers: what was taken on goes on. Agent's thread.
     *
     * @param done run when nothing of it is left
     */
    void drain(final Runnable done) {
        draining.begin(done, clock.nanoTime());
        nextHeartbeatNs = clock.nanoTime(); // which tells the cluster
    }

    /** Nothing more is run; drivers are told. Agent's thread. */
    void stop() {
        stopping = true;
        actors.stopping();
        pool.close();
        for (final TaskRecord task : dispatcher.drain()) {
            dispatcher.fail(task, FailureKind.NODE_STOPPING, "the node is stopping");
        }
    }
}
