/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane to one other process, for threads that must not wait.
 *
 * <p>Who finds the lane full puts the message into a backlog, which the agent's duty cycle flushes in order; nobody blocks, so two agents
 * that write to each other cannot stop each other. What bounds the backlog is the limit on tasks in flight. The messages of one thread keep their
 * order. Thread-safe, but {@link #flush} is the agent's.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int BACKLOG_CHUNK = 64;

    private final OutboundLane lane;
    private final MpscUnboundedArrayQueue<Delayed> backlog = new MpscUnboundedArrayQueue<>(BACKLOG_CHUNK);
    private final Runnable wakeAgent;
    private final Consumer<Outbox> leftovers;
    /** Whether something is in the lane for which {@link #ring} has not rung; the agent's. */
    private boolean isUnrung;

    private volatile boolean closed;

    /**
     * @param lane owned from now on.
     * @param wakeAgent wakes the agent that calls {@link #flush}, when there is something to flush.
     * @param leftovers is told of this outbox when it is closed and something may wait in it all the same: has it flushed once more.
     */
    Outbox(final OutboundLane lane, final Runnable wakeAgent, final Consumer<Outbox> leftovers) {
        this.lane = lane;
        this.wakeAgent = wakeAgent;
        this.leftovers = leftovers;
    }

    /**
     * Sends, or keeps for {@link #flush}. Messages to a receiver that is gone are dropped: its death is handled where it is noticed.
     *
     * @throws IllegalArgumentException if the message is longer than the lane takes.
     */
    public void post(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        post(templateId, buffer, offset, length, Bell.NOW);
    }

    /** When the receiver is to look. */
    private enum Bell {
        NOW,
        AT_THE_END_OF_THE_CYCLE,
        WITH_THE_NEXT
    }

    private void post(
            final int templateId, final DirectBuffer buffer, final int offset, final int length, final Bell bell) {
        if (closed) {
            return;
        }
        if (length > lane.maxMessageLength()) {
            throw new IllegalArgumentException("message " + templateId + " to " + receiver() + " has length=" + length
                    + ", limit=" + lane.maxMessageLength()
                    + "; shorten its texts (names, labels, environment), put what is large into the store");
        }
        if (backlog.isEmpty()) {
            final int result =
                    switch (bell) {
                        case NOW -> lane.offer(templateId, buffer, offset, length);
                        case AT_THE_END_OF_THE_CYCLE -> lane.offerUnrung(templateId, buffer, offset, length);
                        case WITH_THE_NEXT -> lane.offerUnhurried(templateId, buffer, offset, length);
                    };
            if (result >= 0) {
                return;
            }
            if (result != OutboundLane.FULL) {
                dropped(templateId);
                return;
            }
        }
        final byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        backlog.add(new Delayed(templateId, new UnsafeBuffer(copy), null));
        wakeAgent.run();
    }

    /** As the other form, for a message that was encoded at the start of a buffer of the calling thread. */
    public void post(final int templateId, final MessageBuffer message, final int encodedBody) {
        post(templateId, message.buffer(), 0, MessageBuffer.lengthOf(encodedBody));
    }

    /**
     * As {@link #post(int, MessageBuffer, int)}, but the receiver reads it with the next message that this process posts, and is not woken for it: only for who knows that there will be one, or
     * asks again afterwards and calls {@link #hurry} if not.
     */
    public void postUnhurried(final int templateId, final MessageBuffer message, final int encodedBody) {
        post(templateId, message.buffer(), 0, MessageBuffer.lengthOf(encodedBody), Bell.WITH_THE_NEXT);
    }

    /** The receiver is to read what was posted unhurried. */
    public void hurry() {
        lane.ring();
    }

    /**
     * As {@link #post(int, MessageBuffer, int)}, but the receiver is woken only at the end of the agent's duty cycle, once for all that was sent to it in the cycle: who wakes it for
     * each message runs on one core with it, message by message. Agent's thread.
     *
     * @return whether {@link #ring} is to be called, which it has not been told before.
     */
    boolean postUnrung(final int templateId, final MessageBuffer message, final int encodedBody) {
        post(templateId, message.buffer(), 0, MessageBuffer.lengthOf(encodedBody), Bell.AT_THE_END_OF_THE_CYCLE);
        final boolean first = !isUnrung;
        isUnrung = true;
        return first;
    }

    /** Wakes the receiver of what was posted unrung. Agent's thread. */
    void ring() {
        isUnrung = false;
        lane.ring();
    }

    /**
     * Runs something when all that this thread has posted is in the lane, where it survives this process, or was dropped because the receiver is gone: at once, or on the agent's
     * thread.
     */
    public void whenSent(final Runnable action) {
        if (backlog.isEmpty() || closed) {
            action.run();
        } else {
            backlog.add(new Delayed(0, null, action));
            wakeAgent.run();
            if (closed) {
                leftovers.accept(this); // who closed it may have looked before this was added
            }
        }
    }

    /** Sends what was kept, as far as there is room; if it is closed, messages are dropped and actions run. Agent's thread. Returns the number of messages sent. */
    public int flush() {
        int sent = 0;
        for (Delayed next = backlog.peek(); next != null; next = backlog.peek()) {
            if (next.action == null) {
                final int result = closed
                        ? OutboundLane.CLOSED
                        : lane.offer(next.templateId, next.message, 0, next.message.capacity());
                if (result == OutboundLane.FULL) {
                    break;
                }
                if (result < 0) {
                    dropped(next.templateId);
                }
            }
            backlog.poll();
            if (next.action != null) {
                next.action.run();
            }
            sent++;
        }
        return sent;
    }

    /** Whether messages wait for {@link #flush}. */
    public boolean hasBacklog() {
        return !backlog.isEmpty();
    }

    /** Whether what is sent can still arrive. Asks the kernel: not for every message. */
    public boolean isReceiverThere() {
        return !closed && lane.isOpen() && lane.isReceiverAlive();
    }

    /** How many messages wait for {@link #flush}; about, while others add some. */
    public int backlog() {
        return backlog.size();
    }

    /** Name of the receiver's inbox. */
    public String receiver() {
        return lane.receiverName();
    }

    /** The process whose inbox it is. */
    ProcessIdentity process() {
        return lane.receiver();
    }

    private void dropped(final int templateId) {
        LOG.debug("dropped message {} to {}: it is gone", templateId, receiver());
    }

    @Override
    public void close() {
        closed = true;
        lane.close();
        leftovers.accept(this);
    }

    /** A message, or something to do when all before it has been sent. */
    private record Delayed(int templateId, DirectBuffer message, Runnable action) {}
}
