/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.MpscChunkedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded queue between the network thread and an agent.
 *
 * <p>When it is full, nothing is lost: the connection keeps what it has decoded, stops reading its socket, and TCP
 * holds the sender back. The agent's next {@link #poll} asks those connections to go on. The promise rests on this
 * pair: a connection that found the queue full enters {@code stalled} and then wakes the agent; the agent, whenever it
 * wakes, takes events and then empties {@code stalled}. Whatever the order, no entry stays there while the agent sleeps.
 */
public final class NetInbox {
    private static final Logger LOG = LoggerFactory.getLogger(NetInbox.class);

    /** Each connection stands there at most once; a server and a few clients may share an inbox. */
    private static final int MAX_STALLED = 4 * NetLimits.MOST_CONNECTIONS;

    private final MpscArrayQueue<Event> queue;
    private final Runnable wake;
    private final MpscChunkedArrayQueue<NetConnection> stalled;

    /**
     * An empty inbox.
     *
     * @param capacity events it holds, at least 2
     * @param wake called on the network thread after each event, to end the agent's idle wait; must not block
     */
    public NetInbox(int capacity, Runnable wake) {
        this.queue = new MpscArrayQueue<>(Math.max(2, capacity));
        this.stalled = new MpscChunkedArrayQueue<>(16, MAX_STALLED);
        this.wake = wake;
    }

    /** Handles up to {@code limit} events; returns how many. The agent's thread only. */
    public int poll(NetHandler handler, int limit) {
        int handled = 0;
        while (handled < limit) {
            final Event event = queue.poll();
            if (event == null) {
                break;
            }
            handled++;
            dispatch(handler, event);
        }
        resumeStalled();
        return handled;
    }

    private void resumeStalled() {
        NetConnection connection = stalled.poll();
        while (connection != null) {
            connection.resumeDelivery();
            connection = stalled.poll();
        }
    }

    private static void dispatch(NetHandler handler, Event event) {
        final NetConnection connection = event.connection;
        try {
            if (event.frame != null) {
                final NetFrame frame = event.frame;
                handler.onFrame(connection, frame.templateId(), frame.buffer(), 0, frame.length());
            } else if (event.closeReason != null) {
                handler.onClosed(connection, event.closeReason);
            } else {
                handler.onOpened(connection);
            }
        } catch (RuntimeException e) {
            connection.counters().increment(NetCounter.HANDLER_ERRORS);
            LOG.warn("closing a connection whose message could not be handled: peer={}", connection.peer(), e);
            connection.close("message could not be handled: " + e);
        }
    }

    /** Network thread. False if full: then the connection is remembered and will be resumed. */
    boolean offer(Event event) {
        if (queue.offer(event)) {
            wake.run();
            return true;
        }
        if (!stalled.offer(event.connection)) {
            throw new IllegalStateException("more stalled connections than can be remembered");
        }
        // The agent may have emptied the queue between our two steps, and sleep by now.
        wake.run();
        return false;
    }

    /** Events that wait; for reports. */
    public int size() {
        return queue.size();
    }

    /** Opened (neither frame nor reason), a frame, or closed. */
    static final class Event {
        private final NetConnection connection;
        private final NetFrame frame;
        private final String closeReason;

        private Event(NetConnection connection, NetFrame frame, String closeReason) {
            this.connection = connection;
            this.frame = frame;
            this.closeReason = closeReason;
        }

        static Event opened(NetConnection connection) {
            return new Event(connection, null, null);
        }

        static Event frame(NetConnection connection, NetFrame frame) {
            return new Event(connection, frame, null);
        }

        static Event closed(NetConnection connection, String reason) {
            return new Event(connection, null, reason);
        }
    }
}
