/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.posix.ProcessIdentity;
import io.thornback.runtime.Links;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.Outbox;
import io.thornback.runtime.PlacementRequest;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.ActorLocationEncoder;
import io.thornback.transport.wire.ActorState;
import io.thornback.transport.wire.AskCallsEncoder;
import io.thornback.transport.wire.AssignJobEncoder;
import io.thornback.transport.wire.CancelTaskEncoder;
import io.thornback.transport.wire.ExpectJobEncoder;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NodeChangedEncoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedEncoder;
import io.thornback.transport.wire.ReturnTasksEncoder;
import io.thornback.transport.wire.RunTaskEncoder;
import io.thornback.transport.wire.StopWorkerEncoder;
import io.thornback.transport.wire.SubmitTaskDecoder;
import io.thornback.transport.wire.TaskFailedEncoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.TaskWaitsEncoder;
import io.thornback.transport.wire.ValuePlace;
import io.thornback.transport.wire.WelcomeEncoder;
import io.thornback.transport.wire.WireVersion;
import io.thornback.transport.wire.WorkerServesEncoder;
import org.agrona.DirectBuffer;

/** The raylet's messages, written and read. No state; the agent's thread. */
final class RayletMessages {
    private static final TaskId NO_TASK = new TaskId(0, ActorId.none(JobId.NONE));

    private RayletMessages() {}

    private static void put(final TaskId id, final MessageBuffer message, final int encodingOffset) {
        id.write(message.buffer(), MessageHeaderEncoder.ENCODED_LENGTH + encodingOffset);
    }

    private static void put(final ActorId id, final MessageBuffer message, final int encodingOffset) {
        id.write(message.buffer(), MessageHeaderEncoder.ENCODED_LENGTH + encodingOffset);
    }

    /**
     * Reads a {@code SubmitTask}.
     *
     * @throws IllegalArgumentException if it asks for what there is not.
     * @throws ArithmeticException if it asks for more than a number holds.
     */
    static TaskRecord readSubmit(
            final DirectBuffer buffer,
            final int offset,
            final String ownerInbox,
            final RequirementsReader requirements) {
        final SubmitTaskDecoder in =
                new SubmitTaskDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final TaskId id = TaskId.read(buffer, in.offset() + SubmitTaskDecoder.taskIdEncodingOffset());
        final TaskKind kind = in.kind();
        final ValuePlace place = in.specPlace();
        final int maxRetries = in.maxRetries();
        final TaskId submitter = TaskId.read(buffer, in.offset() + SubmitTaskDecoder.parentIdEncodingOffset());
        final long submittedNs = in.submittedNs();
        final Requirements wanted = requirements.read(in);
        final String name = in.name();
        in.skipActorName();
        final byte[] spec = new byte[in.specLength()];
        in.getSpec(spec, 0, spec.length);
        final byte[] actorOptions = new byte[in.actorOptionsLength()];
        in.getActorOptions(actorOptions, 0, actorOptions.length);
        final TaskRecord task = new TaskRecord(
                id, kind, name, ownerInbox, wanted, maxRetries, new TaskRecord.Spec(place, spec, actorOptions));
        task.submittedNs = submittedNs;
        task.environmentText = in.environment();
        task.parent = submitter.job().value() == 0 ? null : submitter;
        return task;
    }

    /** The name that the actor wants, from the message that creates it. */
    static String readActorName(final DirectBuffer buffer, final int offset) {
        final SubmitTaskDecoder in =
                new SubmitTaskDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        in.resources().forEachRemaining(SubmitTaskDecoder.ResourcesDecoder::skipName);
        PlacementRequest.skipLabels(in);
        in.skipName();
        return in.actorName();
    }

    /** The worker is woken at the end of the duty cycle, in which it may be sent more. */
    static void sendRun(final Links links, final Outbox worker, final TaskRecord task) {
        final MessageBuffer message = MessageBuffer.local();
        final RunTaskEncoder out = new RunTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(task.id, message, RunTaskEncoder.taskIdEncodingOffset());
        put(task.parent == null ? NO_TASK : task.parent, message, RunTaskEncoder.parentIdEncodingOffset());
        out.kind(task.kind)
                .specPlace(task.specPlace)
                .attempt(task.attempt)
                .maxRetries(task.maxRetries)
                .submittedNs(task.submittedNs)
                .ownerInbox(task.ownerInbox)
                .name(task.name)
                .putSpec(task.spec, 0, task.spec.length)
                .putActorOptions(task.actorOptions, 0, task.actorOptions.length);
        links.postInCycle(worker, RunTaskEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendCancel(final Outbox worker, final TaskId id) {
        final MessageBuffer message = MessageBuffer.local();
        final CancelTaskEncoder out = new CancelTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(id, message, CancelTaskEncoder.taskIdEncodingOffset());
        out.force((short) 0);
        worker.post(CancelTaskEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendReturnTasks(final Outbox worker) {
        final MessageBuffer message = MessageBuffer.local();
        final ReturnTasksEncoder out =
                new ReturnTasksEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        worker.post(ReturnTasksEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendAskCalls(final Outbox worker, final int round) {
        final MessageBuffer message = MessageBuffer.local();
        final AskCallsEncoder out = new AskCallsEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.round(round);
        worker.post(AskCallsEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendAssign(final WorkerRecord worker, final String nodeId, final int maxTasksInFlight) {
        final Job job = worker.job;
        final MessageBuffer message = MessageBuffer.local();
        final AssignJobEncoder out = new AssignJobEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.jobId(job.id().value())
                .maxTasksInFlight(maxTasksInFlight)
                .nodeId(nodeId)
                .classPath(job.classPath(worker.environment))
                .actorNamespace(job.namespace())
                .allowedClasses(job.allowedClasses());
        worker.outbox.post(AssignJobEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendExpect(final Outbox worker, final String classPath) {
        final MessageBuffer message = MessageBuffer.local();
        final ExpectJobEncoder out = new ExpectJobEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.classPath(classPath);
        worker.post(ExpectJobEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendStop(final Outbox worker, final int deadlineMs) {
        final MessageBuffer message = MessageBuffer.local();
        final StopWorkerEncoder out = new StopWorkerEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.deadlineMs(deadlineMs);
        worker.post(StopWorkerEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendWelcome(final Outbox driver, final Job job, final String nodeId, final int maxTasksInFlight) {
        final MessageBuffer message = MessageBuffer.local();
        final WelcomeEncoder out = new WelcomeEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.jobId(job.id().value()).maxTasksInFlight(maxTasksInFlight).nodeId(nodeId);
        driver.post(WelcomeEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendWrongVersion(final Outbox to, final int layout, final int schema) {
        sendRefused(
                to,
                RefusalCode.VERSION_MISMATCH,
                "the node speaks layout " + WireVersion.LAYOUT + " schema " + WireVersion.SCHEMA
                        + ", this program layout " + layout + " schema " + schema
                        + "; use the same version of Thornback on both sides");
    }

    static void sendRefused(final Outbox to, final RefusalCode code, final String text) {
        final MessageBuffer message = MessageBuffer.local();
        final RefusedEncoder out = new RefusedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.correlationId(0).code(code).limitValue(0).message(text);
        to.post(RefusedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendFailed(
            final Outbox owner, final TaskId task, final int attempts, final FailureKind kind, final String text) {
        final MessageBuffer message = MessageBuffer.local();
        final TaskFailedEncoder out = new TaskFailedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(task, message, TaskFailedEncoder.taskIdEncodingOffset());
        out.attempts(attempts).kind(kind).message(text);
        owner.post(TaskFailedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** Whose output the driver may want to see; a worker of this JVM has none of its own. */
    static void tellDriver(final Links links, final WorkerRecord worker, final String name) {
        if (worker.identity != null && !worker.identity.equals(ProcessIdentity.current())) {
            links.tryTo(worker.job.inbox())
                    .ifPresent(driver -> sendServes(driver, worker.number, worker.identity.pid(), name));
        }
    }

    private static void sendServes(final Outbox driver, final int worker, final long pid, final String name) {
        final MessageBuffer message = MessageBuffer.local();
        final WorkerServesEncoder out =
                new WorkerServesEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.worker(worker).pid(pid).name(name);
        driver.post(WorkerServesEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendWaits(
            final Outbox owner, final TaskId id, final long waitedMs, final int others, final String reason) {
        final MessageBuffer message = MessageBuffer.local();
        final TaskWaitsEncoder out = new TaskWaitsEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(id, message, TaskWaitsEncoder.taskIdEncodingOffset());
        out.waitedMs(waitedMs).others(others).reason(reason);
        owner.post(TaskWaitsEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendNodeChanged(
            final Outbox tool, final long correlationId, final String resources, final String labels) {
        final MessageBuffer message = MessageBuffer.local();
        final NodeChangedEncoder out =
                new NodeChangedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.correlationId(correlationId).resources(resources).labels(labels);
        tool.post(NodeChangedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    static void sendLocation(final Outbox to, final long correlationId, final ActorDirectory.Actor actor) {
        final MessageBuffer message = MessageBuffer.local();
        final ActorLocationEncoder out =
                new ActorLocationEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(actor.id, message, ActorLocationEncoder.actorIdEncodingOffset());
        out.correlationId(correlationId)
                .state(actor.state)
                .maxTaskRetries(actor.options.maxTaskRetries())
                .maxPendingCalls(actor.options.maxPendingCalls())
                .inbox(actor.inbox())
                .className("")
                .message(actor.message);
        to.post(ActorLocationEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** @param death what it died of; null: nobody knows. */
    static void sendNoActor(final Outbox to, final long correlationId, final ActorId id, final String death) {
        final MessageBuffer message = MessageBuffer.local();
        final ActorLocationEncoder out =
                new ActorLocationEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        put(id, message, ActorLocationEncoder.actorIdEncodingOffset());
        out.correlationId(correlationId)
                .state(death == null ? ActorState.UNKNOWN : ActorState.DEAD)
                .maxTaskRetries(0)
                .maxPendingCalls(0)
                .inbox("")
                .className("")
                .message(
                        death != null
                                ? death
                                : "actor " + id + " is not known on this node; it died long ago, or was never here");
        to.post(ActorLocationEncoder.TEMPLATE_ID, message, out.encodedLength());
    }
}
