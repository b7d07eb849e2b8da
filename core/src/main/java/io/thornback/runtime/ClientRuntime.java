/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorRef;
import io.thornback.NodeStoppedException;
import io.thornback.RuntimeContext;
import io.thornback.RuntimeEnvironment;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.posix.ProcessIdentity;
import io.thornback.serialization.ClassFilter;
import io.thornback.serialization.Format;
import io.thornback.serialization.Handle;
import io.thornback.serialization.ValueCodec;
import io.thornback.transport.wire.ActorLocationDecoder;
import io.thornback.transport.wire.AskObjectDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.ObjectAnswerDecoder;
import io.thornback.transport.wire.StreamItemDecoder;
import io.thornback.transport.wire.TaskFailedDecoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.TaskOutcome;
import io.thornback.transport.wire.TaskResultDecoder;
import io.thornback.transport.wire.TaskResultsDecoder;
import io.thornback.transport.wire.ValuePlace;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job's side of a process: its objects, the tasks it submitted, the actors it calls. Made for a driver when it has connected, for a
 * worker when it is given its job; takes part when it is opened. Thread-safe; messages come on the agent's thread.
 */
public final class ClientRuntime implements MessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ClientRuntime.class);

    /** Whose loss would leave a caller without its result; their blocks begin with the task's id. */
    private static final Set<Integer> UNREADABLE_ENDS = Set.of(
            TaskResultDecoder.TEMPLATE_ID,
            TaskResultsDecoder.TEMPLATE_ID,
            TaskFailedDecoder.TEMPLATE_ID,
            StreamItemDecoder.TEMPLATE_ID);

    private final InboxAgent agent;
    private final JobId job;
    private final String nodeId;
    private final OptionalInt worker;
    private final String namespace;
    private final ObjectTable objects;
    private final TaskTable tasks;
    private final Calls calls;
    private final SeveralResults severalResults;
    private final Owners owners;
    private final Reruns reruns;
    private final TaskSubmitter submitter;
    private final ActorTable actors;
    private final Streams streams;
    private final BlockListener blockListener;
    private final ExecutorService backgroundThread;
    /** Looks at the store for what is lost, and waits meanwhile. */
    private final ExecutorService rerunThread;

    private final TaskId putMaker;
    private final AtomicInteger nextPut = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Failure stopped;
    /** Null in a worker. */
    private volatile JarCache jars;

    /**
     * @param agent reads this process's inbox.
     * @param identity what the raylet told.
     * @param store connected.
     * @param loader finds the job's classes.
     * @param blockListener told when user code waits.
     */
    public ClientRuntime(
            final InboxAgent agent,
            final JobIdentity identity,
            final ObjectStoreClient store,
            final ClassLoader loader,
            final BlockListener blockListener) {
        this.agent = agent;
        this.job = identity.job();
        this.nodeId = identity.nodeId();
        this.worker = identity.worker();
        this.namespace = identity.namespace();
        this.blockListener = blockListener;
        this.backgroundThread = singleThread("-background");
        final Executor background = this::inBackground;
        final Outbox raylet = agent.links().to(identity.rayletInbox());
        this.putMaker = TaskId.create(job);
        final Owner self = new Owner(ProcessIdentity.current(), agent.name());
        this.owners = new Owners(agent, self, store, background);
        this.objects = new ObjectTable(agent, store, self, owners, background, blockListener);
        this.tasks = new TaskTable(identity.maxTasksInFlight());
        final Lineage lineage = new Lineage(self, Limits.LINEAGE_BYTES, objects::delete);
        this.rerunThread = singleThread("-reruns");
        this.reruns = new Reruns(lineage, objects, owners, task -> execute(rerunThread, task));
        objects.lineage(lineage, reruns);
        this.calls = new Calls(objects, tasks, lineage);
        this.severalResults = new SeveralResults(calls, tasks);
        this.submitter = new TaskSubmitter(calls, job, raylet, background);
        this.actors = new ActorTable(calls, tasks, agent, raylet, background);
        this.streams = new Streams(submitter, calls, tasks, objects, agent.links(), blockListener);
        objects.codec(new ValueCodec(loader, handles(), ClassFilter.of(identity.allowedClasses())));
        objects.calls(calls);
        reruns.resubmitter(submitter::resubmit);
    }

    /** Its thread starts with the first task. */
    private ExecutorService singleThread(final String suffix) {
        return Executors.newSingleThreadExecutor(task -> {
            final Thread thread = new Thread(task, "thornback-" + agent.name() + suffix);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes messages from now on. Once. */
    public void open() {
        agent.addHandler(this);
        agent.addHandler(new WaitNotices(tasks));
    }

    /** How many calls of this process have not ended, about. */
    public int pendingCalls() {
        return tasks.size();
    }

    /** Whether calls of actors were made here that have not been sent, about. */
    public boolean hasUnsentCalls() {
        return tasks.hasUnsentCalls();
    }

    /** Runs something whenever the last call of this process has ended; it must not wait. */
    public void whenNoCallIsPending(final Runnable action) {
        tasks.whenEmpty(action);
    }

    /** Gives up what this task has asked for and what has not ended: it was cancelled itself. Does not wait. */
    public void cancelCallsOf(final TaskId task) {
        calls.cancelCallsOf(task);
    }

    /** The specification of a call that this process will not submit, as it travels; for a runtime that is never opened. */
    public byte[] specification(final TaskId task, final Serializable function, final Object... arguments) {
        return calls.encodeSpec(calls.prepare(new CallRequest(TaskKind.TASK, task.actor()), task, function, arguments));
    }

    /**
     * What the raylet told this process about itself.
     *
     * @param job that it is, or serves.
     * @param namespace of its actors' names.
     * @param nodeId hexadecimal digits.
     * @param rayletInbox name of the raylet's inbox.
     * @param maxTasksInFlight how many tasks it may have submitted that have not ended.
     * @param worker its number; empty in a driver.
     * @param allowedClasses see {@link ClassFilter#of}.
     */
    public record JobIdentity(
            JobId job,
            String namespace,
            String nodeId,
            String rayletInbox,
            int maxTasksInFlight,
            OptionalInt worker,
            List<String> allowedClasses) {}

    private List<Handle<?>> handles() {
        return List.of(refHandle(), actorHandle());
    }

    @SuppressWarnings({"unchecked", "rawtypes"
    }) // A reference's type parameter is not written; the reader's declaration is trusted, as in any cast.
    private Handle<?> refHandle() {
        return new Handle<RuntimeRef>(RuntimeRef.class, this::writeRef, this::readRef, RuntimeRef::id);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // as above
    private Handle<?> actorHandle() {
        return new Handle<RuntimeActorRef>(
                RuntimeActorRef.class, RuntimeActorRef::toBytes, this::readActor, actor -> null);
    }

    private byte[] writeRef(final RuntimeRef<?> ref) {
        return objects.escape(ref.entry());
    }

    private RuntimeRef<?> readRef(final byte[] bytes) {
        return new RuntimeRef<>(objects.borrowed(bytes), objects);
    }

    private RuntimeActorRef<?> readActor(final byte[] bytes) {
        return RuntimeActorRef.of(bytes, this);
    }

    <A> ActorRef<A> actorRef(final ActorId id) {
        return new RuntimeActorRef<>(id, this, actors.known(id), "");
    }

    /** What must not keep the agent waiting. */
    private void inBackground(final Runnable task) {
        execute(backgroundThread, task);
    }

    /** Nothing is done any more once the runtime is closed. */
    private void execute(final ExecutorService thread, final Runnable task) {
        try {
            thread.execute(task);
        } catch (final RejectedExecutionException e) {
            LOG.debug("left undone, {} is closed", agent.name());
        }
    }

    ObjectTable objects() {
        return objects;
    }

    TaskSubmitter submitter() {
        return submitter;
    }

    Streams streams() {
        return streams;
    }

    ActorTable actors() {
        return actors;
    }

    /** As {@link InboxAgent#await}. */
    boolean await(final InboxTurn.Goal goal, final long timeoutNs) throws InterruptedException {
        return agent.await(goal, timeoutNs);
    }

    BlockListener blockListener() {
        return blockListener;
    }

    /** Where jars are kept; for a driver. */
    void jars(final JarCache cache) {
        jars = cache;
    }

    /**
     * The same with its jars as they are kept.
     *
     * @throws IllegalArgumentException if a jar or the working directory is not there, or if this is no driver.
     */
    RuntimeEnvironment stage(final RuntimeEnvironment environment) {
        if (jars != null) {
            return jars.stage(environment);
        }
        if (environment.jars().isEmpty()) {
            return environment;
        }
        throw new IllegalArgumentException(
                "only a driver can bring jars along; give " + environment.jars() + " to the job (ConnectOptions)");
    }

    Executor background() {
        return this::inBackground;
    }

    /** The job. */
    public JobId job() {
        return job;
    }

    /** Of the names of the job's actors, unless they name another. */
    public String namespace() {
        return namespace;
    }

    /** The node, as hexadecimal digits. */
    public String nodeId() {
        return nodeId;
    }

    /** Where the calling thread runs. */
    RuntimeContext context() {
        return new CallContext(job, nodeId, worker, CallContext.running());
    }

    ObjectId nextPutId() {
        return putMaker.object(nextPut.incrementAndGet());
    }

    ObjectEntry put(final Object value) {
        return objects.put(putMaker, nextPut.incrementAndGet(), objects.codec().encode(value));
    }

    /** What a worker needs to run tasks of the job. */
    public CallDecoder callDecoder() {
        return new CallDecoder(objects);
    }

    /** @throws NodeStoppedException if this connection can no longer be used. */
    void checkOpen() {
        final Failure failure = stopped;
        if (failure != null) {
            throw new NodeStoppedException(failure.message());
        }
    }

    @Override
    public boolean onMessage(final Message message) {
        try {
            return take(message);
        } catch (final RuntimeException e) {
            onUnreadable(message);
            throw e;
        }
    }

    /** What should have told the end of a task: its caller gets an error, and does not wait for ever. */
    @Override
    public void onUnreadable(final Message message) {
        if (!UNREADABLE_ENDS.contains(message.templateId())
                || message.length() < MessageHeaderDecoder.ENCODED_LENGTH + TaskId.LENGTH) {
            return;
        }
        final TaskId id = TaskId.read(message.buffer(), message.offset() + MessageHeaderDecoder.ENCODED_LENGTH);
        final PendingTask task = tasks.remove(id);
        if (task != null) {
            calls.end(task);
            task.fail(new Failure(
                    Code.TASK_FAILED,
                    "task " + id + " " + task.name() + ": a message about its end cannot be read, template="
                            + message.templateId() + " from " + message.from().producerName(),
                    null));
        }
    }

    private boolean take(final Message message) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        final DirectBuffer buffer = message.buffer();
        final int offset = message.offset();
        switch (message.templateId()) {
            case TaskResultDecoder.TEMPLATE_ID ->
                onResult(new TaskResultDecoder().wrapAndApplyHeader(buffer, offset, header));
            case TaskResultsDecoder.TEMPLATE_ID ->
                severalResults.onResults(
                        new TaskResultsDecoder().wrapAndApplyHeader(buffer, offset, header),
                        message.from().producerName());
            case TaskFailedDecoder.TEMPLATE_ID ->
                onFailed(new TaskFailedDecoder().wrapAndApplyHeader(buffer, offset, header));
            case ActorLocationDecoder.TEMPLATE_ID ->
                actors.onLocation(new ActorLocationDecoder().wrapAndApplyHeader(buffer, offset, header));
            case AskObjectDecoder.TEMPLATE_ID ->
                owners.onAsk(
                        message, new AskObjectDecoder().wrapAndApplyHeader(buffer, offset, header), this::becomesOf);
            case ObjectAnswerDecoder.TEMPLATE_ID ->
                owners.onAnswer(new ObjectAnswerDecoder().wrapAndApplyHeader(buffer, offset, header));
            default -> {
                return streams.onMessage(message);
            }
        }
        return true;
    }

    /** Another process asks for an object of this one's that is lost, or has not come. */
    @SuppressWarnings("FutureReturnValueIgnored") // the answer is sent, and that is all
    private void becomesOf(final ObjectId id, final String why, final Consumer<Failure> answer) {
        final ObjectEntry entry = objects.find(id);
        final boolean isToCome = tasks.get(TaskId.of(id)) != null || (entry != null && !entry.isDone());
        if (why.isEmpty() && (isToCome || objects.store().contains(id))) {
            answer.accept(null);
        } else {
            final String how = why.isEmpty() ? "object " + id + " is not in the store any more" : why;
            reruns.remake(id, how).thenAccept(answer);
        }
    }

    /** Tasks that were run again because what they had made was lost. */
    long reruns() {
        return reruns.count();
    }

    private void onResult(final TaskResultDecoder result) {
        final byte[] idBytes = new byte[TaskId.LENGTH];
        result.getTaskId(idBytes, 0, idBytes.length);
        final int attempt = result.attempt();
        final boolean ok = result.outcome() == TaskOutcome.OK;
        final boolean stored = result.place() == ValuePlace.STORED;
        final PendingTask task = tasks.remove(TaskId.read(new UnsafeBuffer(idBytes), 0)); // not before it has been read
        if (task == null) {
            return; // A repeat: the task was run twice, or its actor was declared dead.
        }
        if (!ok) {
            calls.end(task);
        }
        if (stored) {
            task.result().completeStored();
            if (ok) {
                calls.ended(task);
            }
            return;
        }
        final int format = result.format();
        final byte[] value = new byte[result.valueLength()];
        result.getValue(value, 0, value.length);
        if (ok) {
            task.result().completeInline(format, value);
            calls.ended(task);
        } else {
            inBackground(() -> task.fail(failure(task, attempt, format, value)));
        }
    }

    private Failure failure(final PendingTask task, final int attempt, final int format, final byte[] value) {
        final String what = "task " + task.id() + " " + task.name() + " failed on node " + nodeId.substring(0, 8)
                + " (attempt " + attempt + ")";
        if (format != Format.ERROR) {
            return new Failure(Code.TASK_FAILED, what, null);
        }
        return ObjectTable.failureOf(objects.codec().decodeError(value), what);
    }

    private void onFailed(final TaskFailedDecoder failed) {
        final byte[] idBytes = new byte[TaskId.LENGTH];
        failed.getTaskId(idBytes, 0, idBytes.length);
        final TaskId id = TaskId.read(new UnsafeBuffer(idBytes), 0);
        final int attempts = failed.attempts();
        final Code code = Failure.codeOf(failed.kind());
        final String message = failed.message();
        // The worker's result may have been on its way when the raylet gave up: it counts.
        agent.executeWhenDrained(() -> {
            final PendingTask task = tasks.remove(id);
            if (task != null) {
                calls.end(task);
                final String tried = attempts == 0 ? "" : " (attempts: " + attempts + ")";
                task.fail(new Failure(code, "task " + id + " " + task.name() + tried + ": " + message, null));
            }
        });
    }

    /** The node is gone: whatever waits fails, and nothing more can be asked for. Idempotent. */
    public void nodeStopped(final String reason) {
        final Failure failure = new Failure(Code.NODE_STOPPED, reason, null);
        stopped = failure;
        if (!closed.get()) {
            LOG.warn("{}", reason);
        }
        actors.nodeStopped(failure);
        owners.nodeStopped(failure);
        tasks.stop(failure);
    }

    /**
     * Ends the use of the job by this process. Does not close agent and store.
     *
     * @return false if it was closed before.
     */
    public boolean close() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        objects.close();
        nodeStopped("this connection is closed");
        rerunThread.shutdownNow();
        backgroundThread.shutdown();
        try {
            if (!backgroundThread.awaitTermination(1, TimeUnit.SECONDS)) {
                backgroundThread.shutdownNow();
            }
        } catch (final InterruptedException e) {
            backgroundThread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        objects.unseen().close();
        return true;
    }
}
