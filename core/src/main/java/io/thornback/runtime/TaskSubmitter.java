/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.transport.wire.SubmitTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.agrona.concurrent.UnsafeBuffer;

/** Hands tasks and actor creations to the raylet when their arguments are ready. Thread-safe. */
final class TaskSubmitter {
    private static final byte[] NOTHING = new byte[0];

    private final Calls calls;
    private final ActorId noActor;
    private final Outbox raylet;
    private final Executor background;
    private final TaskWindow window = new TaskWindow(TaskWindow.PLACES, this::send);

    TaskSubmitter(final Calls calls, final JobId job, final Outbox raylet, final Executor background) {
        this.calls = calls;
        this.noActor = ActorId.none(job);
        this.raylet = raylet;
        this.background = background;
    }

    /** Submits a task, or an actor's creation; the entry gets the outcome. */
    ObjectEntry submit(final CallRequest request, final Serializable function, final Object... arguments) {
        return submitAll(request, function, arguments).get(0);
    }

    /** As {@link #submit}; the entries of all that the task makes. */
    List<ObjectEntry> submitAll(final CallRequest request, final Serializable function, final Object... arguments) {
        return submitTask(request, function, arguments).results();
    }

    /** As {@link #submit}; all that is known of the task. */
    PendingTask submitTask(final CallRequest request, final Serializable function, final Object... arguments) {
        final TaskId id = TaskId.create(request.actor.isActor() ? request.actor : noActor);
        final Call call = calls.prepare(request, id, function, arguments);
        call.whenReady(() -> dispatch(call), background);
        return call.pending();
    }

    /** Runs an ended task again, whose arguments are in the store; the entries get the outcome. */
    List<ObjectEntry> resubmit(final Lineage.Made made) {
        final Call call = calls.again(made);
        dispatch(call);
        return call.pending().results();
    }

    private void dispatch(final Call call) {
        final TaskId id = call.pending().id();
        final Failure failed = call.failedArgument();
        if (failed != null) {
            calls.fail(id, failed);
            return;
        }
        try {
            final byte[] message = encode(call, calls.encodeSpec(call));
            if (call.request().kind == TaskKind.TASK) {
                window.submit(call.request(), call.pending(), message);
            } else {
                send(call.pending(), message);
            }
        } catch (final RuntimeException e) {
            calls.fail(id, notSent(call.pending(), e));
        }
    }

    private static Failure notSent(final PendingTask task, final RuntimeException why) {
        return new Failure(Code.BAD_REQUEST, "task " + task.name() + " could not be sent: " + why.getMessage(), why);
    }

    /** Whoever has given a place back must not be told that another's task cannot be sent. */
    private void send(final PendingTask task, final byte[] message) {
        try {
            task.send(
                    () -> raylet.post(SubmitTaskEncoder.TEMPLATE_ID, new UnsafeBuffer(message), 0, message.length),
                    force -> Calls.sendCancel(raylet, task.id(), force));
        } catch (final RuntimeException e) {
            background.execute(() -> calls.fail(task.id(), notSent(task, e))); // which sends what waits in turn
        }
    }

    private static byte[] encode(final Call call, final byte[] spec) {
        final CallRequest request = call.request();
        final MessageBuffer message = MessageBuffer.local();
        final SubmitTaskEncoder encoder =
                new SubmitTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        final TaskId id = call.pending().id();
        id.write(message.buffer(), encoder.offset() + SubmitTaskEncoder.taskIdEncodingOffset());
        id.actor().write(message.buffer(), encoder.offset() + SubmitTaskEncoder.actorIdEncodingOffset());
        encoder.kind(request.kind)
                .specPlace(call.specPlace())
                .maxRetries(request.retries)
                .memoryBytes(request.memoryBytes)
                .submittedNs(request.submittedNs)
                .putParentId(request.parent, 0, TaskId.LENGTH);
        request.placement.writeFields(encoder);
        final SubmitTaskEncoder.ResourcesEncoder resources = encoder.resourcesCount(request.resources.size());
        for (final Map.Entry<String, Long> resource : request.resources.entrySet()) {
            resources.next().amount(resource.getValue()).name(resource.getKey());
        }
        request.placement.writeLabels(encoder);
        final byte[] options = request.actorOptions == null ? NOTHING : request.actorOptions.encode();
        encoder.name(call.pending().name())
                .actorName(request.actorName)
                .putSpec(spec, 0, spec.length)
                .putActorOptions(options, 0, options.length)
                .environment(request.environment);
        final byte[] bytes = new byte[MessageBuffer.lengthOf(encoder.encodedLength())];
        message.buffer().getBytes(0, bytes);
        return bytes;
    }
}
