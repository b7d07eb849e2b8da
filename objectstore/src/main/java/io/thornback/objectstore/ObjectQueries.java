/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.ObjectEventDecoder;
import io.thornback.transport.wire.ObjectListDecoder;
import io.thornback.transport.wire.ObjectPresence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A client's questions about many objects: lists and events. Any thread but the one that feeds the client. */
final class ObjectQueries {
    private final StoreLane lane;
    private final Replies replies;
    private final StoreRequests requests;

    ObjectQueries(final StoreLane lane, final Replies replies, final StoreRequests requests) {
        this.lane = lane;
        this.replies = replies;
        this.requests = requests;
    }

    /** A page of a list, on its way. */
    static class Page extends Reply {
        private final List<ObjectInfo> target;
        private long nextCursor;

        Page(final long correlationId, final List<ObjectInfo> target) {
            super(correlationId);
            this.target = target;
        }

        /** On the feeding thread, before the reply is complete. */
        final void read(final DirectBuffer buffer, final int offset) {
            final ObjectListDecoder list = new ObjectListDecoder();
            list.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
            nextCursor = list.nextCursor();
            final byte[] id = new byte[ObjectId.LENGTH_BYTES];
            final UnsafeBuffer idBuffer = new UnsafeBuffer(id);
            for (final ObjectListDecoder.ObjectsDecoder object : list.objects()) {
                object.getObjectId(id, 0, id.length);
                target.add(new ObjectInfo(
                        ObjectId.of(idBuffer, 0),
                        object.sizeBytes(),
                        object.metadataBytes(),
                        object.clientId(),
                        object.idleSeconds(),
                        object.presence() == ObjectPresence.SEALED));
            }
        }
    }

    /** Stays among the replies as long as it lasts; each event is an answer. */
    static final class Subscription extends Reply implements ObjectSubscription {
        private final StoreLane lane;
        private final Replies replies;
        private final int jobId;
        private final int kinds;
        private final Consumer<ObjectEvent> listener;
        private volatile long dropped;

        Subscription(
                final StoreLane lane,
                final Replies replies,
                final int jobId,
                final int kinds,
                final Consumer<ObjectEvent> listener) {
            super(replies.nextCorrelationId());
            this.jobId = jobId;
            this.kinds = kinds;
            this.lane = lane;
            this.replies = replies;
            this.listener = listener;
        }

        @Override
        void sendAgain() {
            lane.subscribe(correlationId, jobId, kinds);
        }

        /** On the feeding thread. */
        void read(final DirectBuffer buffer, final int offset) {
            final int at = offset + StoreMessages.HEADER_LENGTH;
            final ObjectEvent.Kind kind =
                    ObjectEvent.Kind.of(buffer.getByte(at + ObjectEventDecoder.kindEncodingOffset()) & 0xFF);
            dropped = StoreMessages.getLong(buffer, offset, ObjectEventDecoder.droppedEncodingOffset());
            if (kind != null) {
                listener.accept(new ObjectEvent(
                        kind,
                        StoreMessages.getId(buffer, offset, ObjectEventDecoder.objectIdEncodingOffset()),
                        StoreMessages.getLong(buffer, offset, ObjectEventDecoder.sizeBytesEncodingOffset()),
                        dropped));
            }
        }

        @Override
        public long dropped() {
            return dropped;
        }

        @Override
        public void close() {
            if (replies.forget(correlationId)) {
                lane.unsubscribe(correlationId);
            }
        }
    }

    List<ObjectInfo> list(final int jobId, final Duration timeout) {
        final List<ObjectInfo> found = new ArrayList<>();
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        long cursor = 0;
        while (cursor != ListDesk.END) {
            final long at = cursor;
            final Page page = replies.expect(new Page(replies.nextCorrelationId(), found) {
                @Override
                void sendAgain() {
                    lane.list(correlationId, at, ListDesk.MOST_IN_A_PAGE, jobId);
                }
            });
            requests.answer(page, deadlineNs, timeout);
            cursor = page.nextCursor;
        }
        return found;
    }

    /** Returns when the store listens: no event from then on is missed without being counted. */
    ObjectSubscription subscribe(
            final int kinds, final int jobId, final Consumer<ObjectEvent> listener, final Duration timeout) {
        final Subscription subscription = replies.expect(new Subscription(lane, replies, jobId, kinds, listener));
        boolean complete = false;
        try {
            subscription.sendAgain(); // the first time
            requests.flush(timeout);
            complete = true;
        } finally {
            if (!complete) {
                replies.forget(subscription);
            }
        }
        if (subscription.isDone() && subscription.failure != null) {
            throw subscription.failure;
        }
        return subscription;
    }
}
