/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.Outbox;
import io.thornback.transport.wire.ActorLeftEncoder;
import io.thornback.transport.wire.CallsNowEncoder;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.TaskDoneEncoder;
import io.thornback.transport.wire.TaskFailedEncoder;
import io.thornback.transport.wire.TaskOutcome;
import io.thornback.transport.wire.TaskReturnedEncoder;
import io.thornback.transport.wire.WorkerBlockedEncoder;
import io.thornback.transport.wire.WorkerUnblockedEncoder;
import org.agrona.concurrent.UnsafeBuffer;

/** What a worker that runs calls tells the raylet, as messages. Any thread. */
final class RayletNews {
    private final Outbox raylet;

    RayletNews(final Outbox raylet) {
        this.raylet = raylet;
    }

    /** What it was told to run has ended. */
    void done(final RunOrder order, final TaskOutcome outcome, final RunTimes times, final boolean owes) {
        final MessageBuffer message = MessageBuffer.local();
        raylet.post(TaskDoneEncoder.TEMPLATE_ID, message, encodeDone(message, order, outcome, times, owes));
    }

    /** The same, which the raylet may hear with what comes next. */
    void doneUnhurried(final RunOrder order, final TaskOutcome outcome, final RunTimes times, final boolean owes) {
        final MessageBuffer message = MessageBuffer.local();
        raylet.postUnhurried(TaskDoneEncoder.TEMPLATE_ID, message, encodeDone(message, order, outcome, times, owes));
    }

    /** It may not, after all. */
    void hurry() {
        raylet.hurry();
    }

    private static int encodeDone(
            final MessageBuffer message,
            final RunOrder order,
            final TaskOutcome outcome,
            final RunTimes times,
            final boolean owes) {
        final TaskDoneEncoder out = new TaskDoneEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(order.task()), 0, TaskId.LENGTH)
                .attempt(order.attempt())
                .outcome(outcome)
                .startedNs(times.startedNs())
                .endedNs(times.endedNs())
                .storedNs(times.storedNs())
                .owes((short) (owes ? 1 : 0));
        return out.encodedLength();
    }

    /** A task that it was sent ahead was not begun, and will not be. */
    void returned(final RunOrder order) {
        final MessageBuffer message = MessageBuffer.local();
        final TaskReturnedEncoder out =
                new TaskReturnedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(order.task()), 0, TaskId.LENGTH);
        raylet.post(TaskReturnedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** The task waits for an object. */
    void blocked(final TaskId task) {
        final MessageBuffer message = MessageBuffer.local();
        final WorkerBlockedEncoder out =
                new WorkerBlockedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(task), 0, TaskId.LENGTH);
        raylet.post(WorkerBlockedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** It has it. */
    void unblocked(final TaskId task) {
        final MessageBuffer message = MessageBuffer.local();
        final WorkerUnblockedEncoder out =
                new WorkerUnblockedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(task), 0, TaskId.LENGTH);
        raylet.post(WorkerUnblockedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** The actor has left by itself. */
    void left(final ActorId actor) {
        final MessageBuffer message = MessageBuffer.local();
        final ActorLeftEncoder out = new ActorLeftEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[ActorId.LENGTH]);
        actor.write(bytes, 0);
        out.putActorId(bytes, 0, ActorId.LENGTH);
        raylet.post(ActorLeftEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** The answer to a question of that round. */
    void calls(final int round, final CallCount calls) {
        final MessageBuffer message = MessageBuffer.local();
        final CallsNowEncoder out = new CallsNowEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.round(round).busy((short) (calls.busy() ? 1 : 0)).taken(calls.taken());
        raylet.post(CallsNowEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** Tells not the raylet but who has made a call that it is not taken: the node drains. */
    static void refused(final Outbox owner, final RunOrder call) {
        final MessageBuffer message = MessageBuffer.local();
        final TaskFailedEncoder out = new TaskFailedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(call.task()), 0, TaskId.LENGTH)
                .attempts(0)
                .kind(FailureKind.NODE_STOPPING)
                .message("the node is stopping, and its actors take no more calls");
        owner.post(TaskFailedEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    private static UnsafeBuffer bytes(final TaskId id) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        id.write(bytes, 0);
        return bytes;
    }
}
