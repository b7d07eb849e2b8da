/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.ipc.OutboundLane;
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
    private volatile boolean closed;

    /**
     * @param lane owned from now on.
     * @param wakeAgent wakes the agent that calls {@link #flush}, when there is something to flush.
     */
    public Outbox(final OutboundLane lane, final Runnable wakeAgent) {
        this.lane = lane;
        this.wakeAgent = wakeAgent;
    }

    /** Sends, or keeps for {@link #flush}. Messages to a receiver that is gone are dropped: its death is handled where it is noticed. */
    public void post(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        if (closed) {
            return;
        }
        if (backlog.isEmpty()) {
            final int result = lane.offer(templateId, buffer, offset, length);
            if (result >= 0) {
                return;
            }
            if (result != OutboundLane.FULL) {
                refused(templateId, result, length);
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
     * Runs something when all that this thread has posted is in the lane, where it survives this process, or was dropped because the receiver is gone: at once, or on the agent's
     * thread. Not at all if this process closes the lane first.
     */
    public void whenSent(final Runnable action) {
        if (backlog.isEmpty() || closed) {
            action.run();
        } else {
            backlog.add(new Delayed(0, null, action));
            wakeAgent.run();
        }
    }

    /** Sends what was kept, as far as there is room. Agent's thread. Returns the number of messages sent. */
    public int flush() {
        int sent = 0;
        for (Delayed next = backlog.peek(); next != null && !closed; next = backlog.peek()) {
            if (next.action != null) {
                backlog.poll();
                next.action.run();
            } else {
                final int result = lane.offer(next.templateId, next.message, 0, next.message.capacity());
                if (result == OutboundLane.FULL) {
                    break;
                }
                if (result < 0) {
                    refused(next.templateId, result, next.message.capacity());
                }
                backlog.poll();
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

    private void refused(final int templateId, final int result, final int length) {
        if (result == OutboundLane.TOO_LONG) {
            throw new IllegalStateException("message " + templateId + " of length=" + length
                    + " is longer than the lane takes, limit=" + lane.maxMessageLength());
        }
        LOG.debug("dropped message {} to {}: it is gone", templateId, receiver());
    }

    @Override
    public void close() {
        closed = true;
        lane.close();
    }

    /** A message, or something to do when all before it has been sent. */
    private record Delayed(int templateId, DirectBuffer message, Runnable action) {}
}
