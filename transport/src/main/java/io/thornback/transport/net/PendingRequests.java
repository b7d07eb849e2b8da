/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.thornback.transport.net.NetException.Code;
import io.thornback.transport.wire.RefusedDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;

/** The requests of one connection that have no answer yet, by correlation id. Network thread only. */
final class PendingRequests {
    private record Pending(CompletableFuture<NetFrame> answer, ScheduledFuture<?> deadline) {}

    private final NetConnection connection;
    private final EventLoop eventLoop;
    private final int capacity;
    private final Long2ObjectHashMap<Pending> byId = new Long2ObjectHashMap<>();
    private long lastId;

    PendingRequests(NetConnection connection, EventLoop eventLoop, int capacity) {
        this.connection = connection;
        this.eventLoop = eventLoop;
        this.capacity = capacity;
    }

    /** The new request's correlation id, or 0 if there are too many: then the answer has been completed. */
    long add(long timeoutNs, CompletableFuture<NetFrame> answer) {
        if (byId.size() >= capacity) {
            answer.completeExceptionally(connection.backPressure(capacity + " requests wait for an answer"));
            return 0;
        }
        final long id = ++lastId;
        final ScheduledFuture<?> deadline =
                eventLoop.schedule(() -> timeOut(id, timeoutNs), timeoutNs, TimeUnit.NANOSECONDS);
        byId.put(id, new Pending(answer, deadline));
        return id;
    }

    private void timeOut(long id, long timeoutNs) {
        final Pending request = byId.remove(id);
        if (request != null) {
            request.answer.completeExceptionally(new NetException(
                    Code.TIMED_OUT,
                    "no answer from " + connection.peer() + " within " + TimeUnit.NANOSECONDS.toMillis(timeoutNs)
                            + " ms"));
        }
    }

    /**
     * False if nobody waits for this answer.
     *
     * @throws RuntimeException if it is a refusal that cannot be read; who waits for it has been told so
     */
    boolean complete(NetFrame frame) {
        if (frame.length() < NetMessages.CORRELATION_ID_OFFSET + Long.BYTES) {
            return false;
        }
        final long id = frame.buffer().getLong(NetMessages.CORRELATION_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final Pending request = byId.remove(id);
        if (request == null) {
            return false;
        }
        request.deadline.cancel(false);
        if (frame.templateId() == RefusedDecoder.TEMPLATE_ID) {
            refuse(request, frame);
        } else {
            request.answer.complete(frame);
        }
        return true;
    }

    private void refuse(Pending request, NetFrame frame) {
        final NetRefusedException refusal;
        try {
            refusal = NetMessages.refusal(frame);
        } catch (RuntimeException e) {
            request.answer.completeExceptionally(new NetException(
                    Code.BAD_PEER, "the refusal of " + connection.peer() + " cannot be read: " + e.getMessage(), e));
            throw e;
        }
        request.answer.completeExceptionally(refusal);
    }

    void failAll() {
        final List<Pending> requests = new ArrayList<>(byId.values());
        byId.clear();
        for (Pending request : requests) {
            request.deadline.cancel(false);
            request.answer.completeExceptionally(connection.closedException());
        }
    }
}
