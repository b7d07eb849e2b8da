/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.PendingCallsLimitException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.transport.TransportException;
import io.thornback.transport.ipc.PeerNotFoundException;
import io.thornback.transport.wire.RunTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * This process's calls of one actor: sent straight to the actor's inbox, in the order in which they were made, also where an argument of an
 * early one comes late, and also to the actor's next process if it is restarted.
 *
 * <p>Callers append to a queue; whoever raises {@link #work} from zero sends from its head until nothing can be sent, so one thread
 * sends at a time and nobody waits. A head that must wait (actor not located, argument missing) is looked at again when that changes. What
 * becomes of the actor is appended to a queue too and applied by the thread that sends, so a call is sent either before the actor's process was lost or to the next one.
 *
 * <pre>
 *   located(inbox) ──► calls are sent
 *   lost           ──► those sent and not answered fail, or are sent again first; the others wait for located
 *   died           ──► all fail, for good
 * </pre>
 */
final class ActorCalls {
    private static final int QUEUE_CHUNK = 64;

    private final ActorId actor;
    private final Calls calls;
    private final TaskTable tasks;
    private final Links links;
    private final Executor background;
    private final MpscUnboundedArrayQueue<Call> queue = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final MpscUnboundedArrayQueue<Runnable> news = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile int maxPendingCalls;
    private volatile int maxTaskRetries;
    private volatile Failure death;

    // Touched only by the thread that sends.
    /** Sent to a process that was lost; they go before the queue. */
    private final ArrayDeque<Call> again = new ArrayDeque<>();
    /** Where the actor takes calls; null while it takes none. */
    private String inbox;
    /** The head that was told to wake us. */
    private Call waiting;

    private long lastSequence;

    ActorCalls(
            final ActorId actor,
            final Calls calls,
            final TaskTable tasks,
            final Links links,
            final Executor background) {
        this.actor = actor;
        this.calls = calls;
        this.tasks = tasks;
        this.links = links;
        this.background = background;
    }

    /** What the actor's creator wants of its callers; known before the first call is sent. */
    ActorCalls limits(final int retries, final int pendingCalls) {
        maxTaskRetries = retries;
        maxPendingCalls = pendingCalls;
        return this;
    }

    int maxTaskRetries() {
        return maxTaskRetries;
    }

    int maxPendingCalls() {
        return maxPendingCalls;
    }

    /**
     * Makes a call; the entry gets its result.
     *
     * @param group of threads that run it; empty: the actor's own.
     * @throws PendingCallsLimitException if too many have not been answered.
     */
    ObjectEntry call(final String group, final Serializable function, final Object... arguments) {
        final CallRequest request = new CallRequest(TaskKind.ACTOR_CALL, actor);
        request.retries = 0;
        request.group = group;
        final int limit = maxPendingCalls;
        if (limit > 0 && unanswered.incrementAndGet() > limit) {
            unanswered.decrementAndGet();
            throw new PendingCallsLimitException(
                    "actor " + actor + " has not answered limit=" + limit + " calls of this process (maxPendingCalls);"
                            + " get() some results first, or create the actor with a higher limit");
        }
        final Call call;
        try {
            call = calls.prepare(request, TaskId.create(actor), function, arguments);
        } catch (final RuntimeException e) {
            if (limit > 0) {
                unanswered.decrementAndGet();
            }
            throw e;
        }
        if (limit > 0) {
            call.pending().result().onDone(unanswered::decrementAndGet);
        }
        queue.add(call);
        drain();
        return call.pending().result();
    }

    /** The actor takes calls in this inbox. */
    void located(final String inboxName) {
        tell(() -> inbox = inboxName);
    }

    /**
     * The actor's process is gone, all that it had answered is known, and another will come.
     *
     * @param how for people.
     */
    void lost(final String how) {
        tell(() -> {
            if (inbox != null) {
                links.forget(inbox);
                inbox = null;
            }
            final List<Call> sent = tasks.sentTo(actor);
            for (int i = sent.size() - 1; i >= 0; i--) {
                final Call call = sent.get(i);
                if (call.maySendAgain(maxTaskRetries)) {
                    call.unsent();
                    again.addFirst(call);
                }
            }
            for (final Call call : sent) {
                if (call.isSent()) {
                    calls.fail(call.pending().id(), unanswered(call, how));
                }
            }
        });
    }

    private static Failure unanswered(final Call call, final String how) {
        return new Failure(
                Code.ACTOR_DIED,
                call.pending().name() + " (attempt " + call.attempt()
                        + ") was sent and has no answer, so it may have run or not: " + how
                        + "; later calls go to the new process; maxTaskRetries would have such calls sent again",
                null);
    }

    /** The actor is dead: calls that were not sent fail now, those to come at once. */
    void died(final Failure failure) {
        tell(() -> death = failure);
    }

    /** Why there will be no more results, or null. */
    Failure death() {
        return death;
    }

    private void tell(final Runnable event) {
        news.add(event);
        drain();
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Runnable event = news.poll(); event != null; event = news.poll()) {
                event.run();
            }
            sendReady();
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private void sendReady() {
        while (true) {
            final boolean repeat = !again.isEmpty();
            final Call head = repeat ? again.peekFirst() : queue.peek();
            if (head == null || !dealtWith(head)) {
                return;
            }
            waiting = null; // else it would hold what the call's arguments refer to
            if (repeat) {
                again.pollFirst();
            } else {
                queue.poll();
            }
        }
    }

    /** Whether the call is sent or over; if not it stays where it is. */
    private boolean dealtWith(final Call head) {
        if (death != null) {
            calls.fail(head.pending().id(), death);
            return true;
        }
        if (head.pending().result().isDone()) {
            return true; // cancelled
        }
        if (inbox == null) {
            return false;
        }
        if (head.isReady()) {
            return dispatch(head);
        }
        if (waiting != head) {
            waiting = head;
            head.whenReady(this::drain, background);
            head.pending().result().onDone(this::drain, background); // it may be cancelled meanwhile
        }
        return false;
    }

    private boolean dispatch(final Call call) {
        final TaskId id = call.pending().id();
        final Failure failed = call.failedArgument();
        if (failed != null) {
            calls.fail(id, failed);
            return true;
        }
        try {
            final Outbox actorsInbox = links.to(inbox);
            call.pending()
                    .send(
                            () -> {
                                final byte[] spec = calls.encodeSpec(call);
                                call.sent(++lastSequence);
                                send(call, actorsInbox, spec);
                            },
                            force ->
                                    Calls.sendCancel(actorsInbox, call.pending().id(), false));
        } catch (final PeerNotFoundException e) {
            inbox = null; // Its process is gone. The raylet will notice and say whether there is another.
            return false;
        } catch (final TransportException e) {
            calls.fail(id, new Failure(Code.ACTOR_DIED, "actor " + actor + " is gone: " + e.getMessage(), e));
        } catch (final RuntimeException e) {
            calls.fail(
                    id,
                    new Failure(Code.BAD_REQUEST, call.pending().name() + " could not be sent: " + e.getMessage(), e));
        }
        return true;
    }

    private void send(final Call call, final Outbox to, final byte[] spec) {
        final MessageBuffer message = MessageBuffer.local();
        final RunTaskEncoder encoder = new RunTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        call.pending().id().write(message.buffer(), encoder.offset() + RunTaskEncoder.taskIdEncodingOffset());
        final byte[] group = call.request().group.getBytes(StandardCharsets.UTF_8);
        encoder.kind(TaskKind.ACTOR_CALL)
                .specPlace(call.specPlace())
                .attempt(call.attempt())
                .maxRetries(maxTaskRetries)
                .submittedNs(call.request().submittedNs)
                .putParentId(call.request().parent, 0, TaskId.LENGTH)
                .ownerInbox(links.ownName())
                .name(call.pending().name())
                .putSpec(spec, 0, spec.length)
                .putActorOptions(group, 0, group.length);
        to.post(RunTaskEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }
}
