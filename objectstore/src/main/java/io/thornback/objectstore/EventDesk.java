/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ObjectEventEncoder;
import io.thornback.transport.wire.ObjectEventKind;
import io.thornback.transport.wire.SubscribeEventsDecoder;
import io.thornback.transport.wire.UnsubscribeEventsDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Tells clients what becomes of objects. An event is sent if the client's lane has room, else counted: the next one that gets through
 * says how many were dropped. Nobody's slowness costs memory here, or delays an answer. One thread, the agent.
 */
final class EventDesk implements StoreTally.Listener {
    /** Subscriptions of one client. */
    static final int MOST_OF_A_CLIENT = 64;

    static final int EVERY_JOB = -1;

    private static final class Subscription {
        final ClientSession client;
        final long correlationId;
        final int jobId;
        final int kinds;
        long dropped;

        Subscription(final ClientSession client, final long correlationId, final int jobId, final int kinds) {
            this.client = client;
            this.correlationId = correlationId;
            this.jobId = jobId;
            this.kinds = kinds;
        }

        boolean is(final ClientSession of, final long id) {
            return client == of && correlationId == id;
        }
    }

    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Outbox outbox;

    EventDesk(final Outbox outbox) {
        this.outbox = outbox;
    }

    /** Twice is once; false if the client has too many. */
    boolean subscribe(final ClientSession client, final DirectBuffer buffer, final int offset) {
        final long id = StoreMessages.getLong(buffer, offset, SubscribeEventsDecoder.correlationIdEncodingOffset());
        int ofClient = 0;
        for (final Subscription subscription : subscriptions) {
            if (subscription.is(client, id)) {
                return true;
            }
            ofClient += subscription.client == client ? 1 : 0;
        }
        if (ofClient >= MOST_OF_A_CLIENT) {
            return false;
        }
        subscriptions.add(new Subscription(
                client,
                id,
                StoreMessages.getInt(buffer, offset, SubscribeEventsDecoder.jobIdEncodingOffset()),
                StoreMessages.getInt(buffer, offset, SubscribeEventsDecoder.kindsEncodingOffset())));
        return true;
    }

    void unsubscribe(final ClientSession client, final DirectBuffer buffer, final int offset) {
        final long id = StoreMessages.getLong(buffer, offset, UnsubscribeEventsDecoder.correlationIdEncodingOffset());
        subscriptions.removeIf(subscription -> subscription.is(client, id));
    }

    void forget(final ClientSession client) {
        subscriptions.removeIf(subscription -> subscription.client == client);
    }

    @Override
    public void happened(final ObjectEventKind kind, final ObjectId id, final long sizeBytes) {
        for (int i = 0; i < subscriptions.size(); i++) {
            final Subscription to = subscriptions.get(i);
            if ((to.kinds & 1 << kind.value()) != 0 && (to.jobId == EVERY_JOB || to.jobId == id.jobId())) {
                final boolean sent = outbox.fixed(ObjectEventEncoder.TEMPLATE_ID, ObjectEventEncoder.BLOCK_LENGTH)
                        .putLong(ObjectEventEncoder.correlationIdEncodingOffset(), to.correlationId)
                        .putLong(ObjectEventEncoder.sizeBytesEncodingOffset(), sizeBytes)
                        .putLong(ObjectEventEncoder.droppedEncodingOffset(), to.dropped)
                        .putByte(ObjectEventEncoder.kindEncodingOffset(), kind.value())
                        .putId(ObjectEventEncoder.objectIdEncodingOffset(), id)
                        .offer(to.client);
                to.dropped += sent ? 0 : 1;
            }
        }
    }
}
