/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/** The inbox of a process that receives from the store alone, and the thread that polls it. */
final class ClientInbox implements AutoCloseable, LaneHandler {
    private static final int POLL_LIMIT = 256;
    private static final long MAX_PARK_NS = 100_000_000;

    private final Inbox inbox;
    private volatile ObjectStoreClient client;
    private ObjectHolds holds;
    private volatile boolean stopped;
    private Thread thread;

    private ClientInbox(final Inbox inbox) {
        this.inbox = inbox;
    }

    static ClientInbox create(final ClientOptions options) {
        return new ClientInbox(Inbox.create(options.shmDir(), options.inboxName(), InboxOptions.DEFAULT));
    }

    void feed(final ObjectStoreClient newClient) {
        client = newClient;
        holds = newClient.references.holds;
        thread = new Thread(this::run, "objectstore-client-" + inbox.name());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void onMessage(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        client.onMessage(templateId, buffer, offset, length);
    }

    @Override
    public void onUnreadable(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        client.onMessage(templateId, buffer, offset, length); // which finds the same, and fails the request
    }

    @Override
    public void close() {
        stopped = true;
        if (thread == null) {
            inbox.close();
        } else {
            inbox.wake();
        }
    }

    private void run() {
        final IdleStrategy idle = inbox.idleStrategy(MAX_PARK_NS);
        try (inbox) {
            while (!stopped) {
                idle.idle(inbox.poll(this, POLL_LIMIT) + holds.sayUnsaid());
            }
        }
    }
}
