/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.function.FunctionResolver;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.posix.ProcessIdentity;
import io.thornback.runtime.ClientRuntime;
import io.thornback.runtime.InboxAgent;
import io.thornback.runtime.Limits;
import io.thornback.runtime.Links;
import io.thornback.runtime.Message;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.MessageHandler;
import io.thornback.runtime.Outbox;
import io.thornback.runtime.RuntimeThornback;
import io.thornback.runtime.StoreConnection;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.wire.AskCallsDecoder;
import io.thornback.transport.wire.AssignJobDecoder;
import io.thornback.transport.wire.CancelTaskDecoder;
import io.thornback.transport.wire.ExpectJobDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.ReturnTasksDecoder;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.StopWorkerDecoder;
import io.thornback.transport.wire.StreamConsumedDecoder;
import io.thornback.transport.wire.WireVersion;
import io.thornback.transport.wire.WorkerHelloEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker, in a process of its own or beside others in one JVM. Messages come on the agent's thread; the rest of the class is that thread's.
 */
public final class Worker implements MessageHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** What {@link #awaitStop} gives if the worker must end because it cannot work. */
    public static final int BROKEN = -1;

    /** What the names of workers' inboxes begin with. */
    static final String INBOX_PREFIX = "worker-";

    private final Path shmDir;
    private final int number;
    private final String rayletInbox;
    private final InboxAgent agent;
    private final ObjectStoreClient store;
    private final Outbox raylet;
    private final TaskRunner runner;
    private final Consumer<JobId> whenAssigned;
    private final ExpectedClasses classes = new ExpectedClasses(Worker.class.getClassLoader());
    private final CompletableFuture<Integer> stopRequested = new CompletableFuture<>();
    private volatile ClientRuntime runtime;
    /** While it runs, and until all of it has been read; else null. */
    private volatile Rehearsal rehearsal;

    /**
     * Connects to store and raylet, and says hello to the raylet.
     *
     * @param shmDir the session's shared memory.
     * @param number of this worker; names its inbox.
     * @param rayletInbox name of the raylet's inbox.
     */
    public Worker(final Path shmDir, final int number, final String rayletInbox) {
        this(shmDir, number, rayletInbox, job -> {});
    }

    /**
     * The same.
     *
     * @param whenAssigned told which job it serves, before the first call, on the agent's thread.
     */
    Worker(final Path shmDir, final int number, final String rayletInbox, final Consumer<JobId> whenAssigned) {
        this.whenAssigned = whenAssigned;
        this.shmDir = shmDir;
        this.number = number;
        this.rayletInbox = rayletInbox;
        this.agent = new InboxAgent(shmDir, inboxName(number), Limits.WORKER_DOZE);
        this.store = StoreConnection.open(agent, shmDir, JobId.NONE);
        this.raylet = agent.links().to(rayletInbox);
        this.runner = new TaskRunner(
                agent.name(), agent::await, agent.links(), raylet, new CallRecorder(shmDir, number), this::broken);
        agent.addHandler(this);
        sayHello();
    }

    /** The inbox of the worker of this number. */
    public static String inboxName(final int number) {
        return INBOX_PREFIX + number;
    }

    private void sayHello() {
        final ProcessIdentity self = ProcessIdentity.current();
        final MessageBuffer message = MessageBuffer.local();
        final WorkerHelloEncoder out =
                new WorkerHelloEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.pid(self.pid())
                .startTicks(self.startTicks())
                .layoutVersion(WireVersion.LAYOUT)
                .schemaVersion(WireVersion.SCHEMA)
                .worker(number)
                .inbox(agent.name());
        raylet.post(WorkerHelloEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    @Override
    public boolean onMessage(final Message message) {
        final Rehearsal running = rehearsal;
        if (running != null && running.onMessage(message)) {
            return true;
        }
        try {
            return onOrder(message);
        } catch (final RuntimeException | Error e) {
            if (isOfRaylet(message)) {
                broken(e); // it says it once, and counts on it
            }
            throw e;
        }
    }

    /** Its owner would wait for the call for ever, and no other worker be given it. */
    @Override
    public void onUnreadable(final Message message) {
        if (isOfRaylet(message)) {
            broken(new IllegalArgumentException("message " + message.templateId()
                    + " of the raylet cannot be read: its length fields lead out of it"));
        }
    }

    private boolean isOfRaylet(final Message message) {
        return message.from().producerName().equals(rayletInbox);
    }

    private boolean onOrder(final Message message) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        final DirectBuffer buffer = message.buffer();
        final int offset = message.offset();
        switch (message.templateId()) {
            case RunTaskDecoder.TEMPLATE_ID -> runner.submit(RunOrder.read(buffer, offset));
            case CancelTaskDecoder.TEMPLATE_ID -> {
                final byte[] id = new byte[TaskId.LENGTH];
                new CancelTaskDecoder()
                        .wrapAndApplyHeader(buffer, offset, header)
                        .getTaskId(id, 0, id.length);
                final TaskId task = TaskId.read(new UnsafeBuffer(id), 0);
                runner.cancel(task);
                if (runtime != null) {
                    runtime.cancelCallsOf(task);
                }
            }
            case ReturnTasksDecoder.TEMPLATE_ID -> runner.returnWaiting();
            case AskCallsDecoder.TEMPLATE_ID -> {
                final int round = (int) new AskCallsDecoder()
                        .wrapAndApplyHeader(buffer, offset, header)
                        .round();
                agent.executeWhenDrained(() -> runner.tellOfCalls(round));
            }
            case StreamConsumedDecoder.TEMPLATE_ID ->
                runner.streams().onConsumed(new StreamConsumedDecoder().wrapAndApplyHeader(buffer, offset, header));
            case AssignJobDecoder.TEMPLATE_ID ->
                onAssign(new AssignJobDecoder().wrapAndApplyHeader(buffer, offset, header));
            case ExpectJobDecoder.TEMPLATE_ID ->
                expect(new ExpectJobDecoder()
                        .wrapAndApplyHeader(buffer, offset, header)
                        .classPath());
            case StopWorkerDecoder.TEMPLATE_ID ->
                stopRequested.complete(new StopWorkerDecoder()
                        .wrapAndApplyHeader(buffer, offset, header)
                        .deadlineMs());
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onLaneClosed(final InboundLane from, final boolean died) {
        final Rehearsal running = rehearsal;
        if (running != null && running.isOf(from)) {
            rehearsal = null;
        }
    }

    /** Does, while nothing is to be done, what the first call would otherwise wait for. Any thread, once. */
    void rehearse() {
        final CallRecorder unseen = new CallRecorder(shmDir, number);
        unseen.close(false);
        final Links links = Rehearsal.links(shmDir, agent);
        final TaskRunner player =
                new TaskRunner(agent.name(), agent::await, links, links.to(agent.name()), unseen, Rehearsal::broken);
        final ClientRuntime ofNobody = new ClientRuntime(
                agent,
                new ClientRuntime.JobIdentity(
                        JobId.NONE, "", "", rayletInbox, Rehearsal.CALLS, OptionalInt.of(number), List.of()),
                store,
                Worker.class.getClassLoader(),
                player);
        final Rehearsal running = new Rehearsal(agent, ofNobody, links, player);
        rehearsal = running;
        running.run();
    }

    /** Not on the agent's thread, which a large jar would hold up. */
    private void expect(final String classPath) {
        final Thread thread = new Thread(() -> classes.open(classPath), agent.name() + "-classes");
        thread.setDaemon(true);
        thread.start();
    }

    private void onAssign(final AssignJobDecoder assign) {
        if (runtime != null) {
            return; // A repeat: a worker serves one job.
        }
        final JobId job = new JobId(assign.jobId());
        whenAssigned.accept(job);
        final int limit = assign.maxTasksInFlight();
        final String nodeId = assign.nodeId();
        final ClassLoader loader = classes.take(assign.classPath());
        final String namespace = assign.actorNamespace();
        final String allowed = assign.allowedClasses();
        final List<String> allowedClasses = allowed.isEmpty() ? List.of() : List.of(allowed.split(",", -1));
        runtime = new ClientRuntime(
                agent,
                new ClientRuntime.JobIdentity(
                        job, namespace, nodeId, rayletInbox, limit, OptionalInt.of(number), allowedClasses),
                store,
                loader,
                runner);
        runtime.open();
        runner.start(
                runtime.callDecoder(),
                new FunctionResolver(loader),
                new RuntimeThornback(runtime, () -> {}),
                new Owed(runtime, raylet));
        agent.execute(() -> LOG.info("worker {} serves job {}", number, job)); // behind the first call, not before it
    }

    /** A call has no answer and never will: this worker ends as if it had crashed, and so the call is run again or fails. */
    private void broken(final Throwable why) {
        runner.abandon();
        if (stopRequested.complete(BROKEN)) {
            LOG.error("worker {} cannot answer a call and ends", number, why);
        }
    }

    /** Blocks until the raylet has asked for the end; gives the time in milliseconds that it allows, or {@link #BROKEN}. */
    public int awaitStop() throws InterruptedException {
        try {
            return stopRequested.get();
        } catch (final java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("never completed with an exception", e);
        }
    }

    /** Runs something when the raylet has asked for the end; for a worker beside others in one JVM. */
    public void onStop(final Runnable task) {
        final CompletableFuture<Void> started = stopRequested.thenRunAsync(task);
        started.exceptionally(e -> {
            LOG.error("worker {} could not end in order", number, e);
            return null;
        });
    }

    /** Ends the worker: the call that runs is interrupted. */
    @Override
    public void close() {
        close(0);
    }

    /** Ends the worker, waiting so long for the call that runs. */
    public void close(final long timeoutMs) {
        stopRequested.complete(0);
        runner.stop(timeoutMs);
        if (runtime != null) {
            runtime.close();
        }
        store.close();
        agent.close();
    }
}
