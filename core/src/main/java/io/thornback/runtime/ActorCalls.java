/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.transport.TransportException;
import io.thornback.transport.wire.RunTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * This process's calls of one actor: sent straight to the actor's inbox, in the order in which they were made, also where an argument of an
 * early one comes late.
 *
 * <p>Callers append to a queue; whoever raises {@link #work} from zero sends from its head until nothing can be sent, so one thread
 * sends at a time and nobody waits. A head that must wait (actor not located, argument missing) is looked at again when that changes.
 */
final class ActorCalls {
    private static final int QUEUE_CHUNK = 64;

    private final ActorId actor;
    private final Calls calls;
    private final Links links;
    private final Executor background;
    private final MpscUnboundedArrayQueue<Call> queue = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final AtomicInteger work = new AtomicInteger();
    private volatile String inbox;
    private volatile Failure death;
    /** The head that was told to wake us; only touched by the thread that sends. */
    private Call waiting;

    ActorCalls(final ActorId actor, final Calls calls, final Links links, final Executor background) {
        this.actor = actor;
        this.calls = calls;
        this.links = links;
        this.background = background;
    }

    /** Makes a call; the entry gets its result. */
    ObjectEntry call(final Serializable function, final Object... arguments) {
        final CallRequest request = new CallRequest(TaskKind.ACTOR_CALL, actor);
        request.retries = 0;
        final Call call = calls.prepare(request, TaskId.create(actor), function, arguments);
        queue.add(call);
        drain();
        return call.pending().result();
    }

    /** The actor takes calls in this inbox. */
    void located(final String inboxName) {
        inbox = inboxName;
        drain();
    }

    /** The actor is dead: calls that were not sent fail now, those to come at once. */
    void died(final Failure failure) {
        death = failure;
        drain();
    }

    /** Why there will be no more results, or null. */
    Failure death() {
        return death;
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            sendReady();
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private void sendReady() {
        for (Call head = queue.peek(); head != null; head = queue.peek()) {
            if (death != null) {
                calls.fail(head.pending().id(), death);
            } else if (inbox == null) {
                return;
            } else if (!head.missing().isEmpty()) {
                if (waiting != head) {
                    waiting = head;
                    head.whenReady(this::drain, background);
                }
                return;
            } else {
                dispatch(head);
            }
            queue.poll();
        }
    }

    private void dispatch(final Call call) {
        final TaskId id = call.pending().id();
        final Failure failed = call.failedArgument();
        if (failed != null) {
            calls.fail(id, failed);
            return;
        }
        try {
            final Outbox actorsInbox = links.to(inbox);
            call.pending()
                    .send(
                            () -> send(call, actorsInbox, calls.encodeSpec(call)),
                            force ->
                                    Calls.sendCancel(actorsInbox, call.pending().id(), false));
        } catch (final TransportException e) {
            // Its inbox is gone, so the actor's process is: the raylet's news of it will say why.
            calls.fail(id, new Failure(Code.ACTOR_DIED, "actor " + actor + " is gone: " + e.getMessage(), e));
        } catch (final RuntimeException e) {
            calls.fail(
                    id,
                    new Failure(Code.BAD_REQUEST, call.pending().name() + " could not be sent: " + e.getMessage(), e));
        }
    }

    private void send(final Call call, final Outbox to, final byte[] spec) {
        final MessageBuffer message = MessageBuffer.local();
        final RunTaskEncoder encoder = new RunTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        final MutableDirectBuffer ids = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        call.pending().id().write(ids, 0);
        encoder.putTaskId(ids, 0, TaskId.LENGTH).putActorId(ids, TaskId.LENGTH - ActorId.LENGTH, ActorId.LENGTH);
        encoder.kind(TaskKind.ACTOR_CALL)
                .specPlace(call.specPlace())
                .attempt(1)
                .maxRetries(0)
                .ownerInbox(links.ownName())
                .name(call.pending().name())
                .putSpec(spec, 0, spec.length);
        to.post(RunTaskEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }
}
