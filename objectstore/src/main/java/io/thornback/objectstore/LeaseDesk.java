/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.RefusalCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Grants leases of cells. What does not fit waits in order of arrival, up to its deadline; nobody is served past one who waits. Before
 * anybody waits, idle leases are taken back and deleted objects that nobody reads any more are freed. One thread, the agent.
 */
final class LeaseDesk {
    /** While somebody waits, deleted objects are looked at this often for pins that went. */
    static final long RETRY_NS = 2_000_000;

    private static final int MAX_SHARE_SHIFT = 6;

    /** How memory is made when there is none. */
    interface Room {
        /** Takes back what can be had at once, the cheapest first; false if there was nothing. */
        boolean make(long wantedBytes);

        /** Takes objects out of memory that are elsewhere too; false if there was none. */
        boolean evict(long wantedBytes);

        /** Why there is none, for people. */
        String describe(String cause);
    }

    private record Request(ClientSession client, long correlationId, long sizeBytes, long deadlineNs) {}

    private final CellTable cells;
    private final Outbox outbox;
    private final Room room;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final long[] tokens = new long[Outbox.MAX_GRANT_CELLS];
    private int lastFailure;

    LeaseDesk(final CellTable cells, final Outbox outbox, final Room room) {
        this.cells = cells;
        this.outbox = outbox;
        this.room = room;
    }

    boolean isAnybodyWaiting() {
        return !waiting.isEmpty();
    }

    int waiting() {
        return waiting.size();
    }

    /** A time-out of 0 asks for what is at hand, and neither waits nor takes from others. */
    void request(
            final ClientSession client,
            final long correlationId,
            final int cellCount,
            final long sizeBytes,
            final long timeoutNs,
            final long nowNs) {
        if (SizeClasses.capacityFor(sizeBytes) > cells.capacityBytes()) {
            outbox.refused(
                            correlationId,
                            RefusalCode.TOO_LARGE,
                            cells.capacityBytes(),
                            "sizeBytes=" + sizeBytes + " arenaBytes=" + cells.capacityBytes())
                    .tell(client);
            return;
        }
        final Request request = new Request(client, correlationId, sizeBytes, nowNs + timeoutNs);
        if (waiting.isEmpty() && grant(request, cellCount)) {
            return;
        }
        if (timeoutNs == 0) {
            outbox.refused(correlationId, RefusalCode.STORE_FULL, sizeBytes, "no memory at hand")
                    .tell(client);
            return;
        }
        if (waiting.isEmpty()) {
            while (room.make(SizeClasses.capacityFor(sizeBytes))) {
                if (grant(request, 1)) {
                    return;
                }
            }
        }
        waiting.add(request);
    }

    /** Memory may have become free, or time has passed. Returns how many requests were answered. */
    int retry(final long nowNs) {
        int answered = 0;
        // One cell each: what somebody leases in advance now, the next in the queue would miss.
        while (!waiting.isEmpty() && grantOrEvict(waiting.peek())) {
            waiting.poll();
            answered++;
        }
        for (final Iterator<Request> all = waiting.iterator(); all.hasNext(); ) {
            final Request request = all.next();
            if (request.deadlineNs - nowNs <= 0) {
                all.remove();
                refuse(request);
                answered++;
            }
        }
        return answered;
    }

    /** True if there was such a request. */
    boolean cancel(final ClientSession client, final long correlationId) {
        return waiting.removeIf(r -> r.client == client && r.correlationId == correlationId);
    }

    void forget(final ClientSession client) {
        waiting.removeIf(request -> request.client == client);
    }

    /** More is evicted until it fits: what comes free first need not lie together. */
    private boolean grantOrEvict(final Request request) {
        boolean granted = grant(request, 1);
        while (!granted && room.evict(SizeClasses.capacityFor(request.sizeBytes))) {
            granted = grant(request, 1);
        }
        return granted;
    }

    private boolean grant(final Request request, final int cellCount) {
        final long share = cells.capacityBytes() >> MAX_SHARE_SHIFT;
        final long most = Math.max(1, share / SizeClasses.capacityFor(request.sizeBytes));
        final int wanted = (int) Math.min(Math.min(cellCount, tokens.length), most);
        int count = 0;
        while (count < wanted) {
            final int cell = cells.lease(request.client, request.sizeBytes);
            if (cell < 0) {
                lastFailure = cell;
                break;
            }
            tokens[count++] = CellDescriptor.token(cell, CellDescriptor.generation(cells.word(cell)));
        }
        if (count > 0) {
            outbox.grant(request.correlationId, tokens, count).tell(request.client);
        }
        return count > 0;
    }

    private void refuse(final Request request) {
        final String cause =
                switch (lastFailure) {
                    case CellTable.NO_PAGES -> "the file system of the arena is full";
                    case CellTable.NO_CELLS -> "every object descriptor is in use";
                    default -> "no free extent is large enough";
                };
        outbox.refused(
                        request.correlationId,
                        RefusalCode.STORE_FULL,
                        request.sizeBytes,
                        "no memory in time: wantedBytes=" + request.sizeBytes + " " + room.describe(cause))
                .tell(request.client);
    }
}
