/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.RefusalCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Grants leases of cells. What does not fit waits in order of arrival, up to its deadline; nobody is served past one who waits. Before
 * anybody waits, idle leases are taken back, deleted objects that nobody reads any more are freed, and objects are evicted. What a job asks for beyond its quota waits in a queue
 * of the job's own. One thread, the agent.
 */
final class LeaseDesk {
    /** While somebody waits, deleted objects are looked at this often for pins that went. */
    static final long RETRY_NS = 2_000_000;

    private static final int MAX_SHARE_SHIFT = 6;

    /** How memory is made when there is none. */
    interface Room {
        /** Takes back what can be had at once, the cheapest first; false if there was nothing. */
        boolean make(long wantedBytes);

        /** As make, but for deleted objects that are read, which the store looks at again by itself: may be called again and again. */
        boolean makeAgain(long wantedBytes);

        /** The same, of what one job is charged for. */
        boolean makeOfJob(int jobId, long wantedBytes);

        /** Whether others come first with the next memory that is free. */
        boolean isPromised();

        /** Why there is none, for people. */
        String describe(String cause);
    }

    /**
     * Somebody wants memory.
     *
     * @param waitWord 0: answered by message; else the one cell's token is left at that word, counted from 1, of the client's pin table
     */
    record Request(
            ClientSession client, long correlationId, long sizeBytes, long deadlineNs, int waitWord, int waitSequence) {
        boolean isWaitedFor(final long nowNs) {
            return deadlineNs - nowNs > 0;
        }
    }

    private final CellTable cells;
    private final Outbox outbox;
    private final Room room;
    private final Deque<Request> waiting = new ArrayDeque<>();
    /** By job: requests that wait until others of their job have given memory back. */
    private final Map<Integer, Deque<Request>> overQuota = new LinkedHashMap<>();

    private final long[] tokens = new long[Outbox.MAX_GRANT_CELLS];
    private int lastFailure;

    LeaseDesk(final CellTable cells, final Outbox outbox, final Room room) {
        this.cells = cells;
        this.outbox = outbox;
        this.room = room;
    }

    boolean isAnybodyWaiting() {
        return !waiting.isEmpty() || !overQuota.isEmpty();
    }

    int waiting() {
        int count = waiting.size();
        for (final Deque<Request> queue : overQuota.values()) {
            count += queue.size();
        }
        return count;
    }

    /** A request whose time is over asks for what is at hand, and neither waits nor takes from others. */
    void request(final Request request, final int cellCount, final long nowNs) {
        final ClientSession client = request.client;
        final long capacity = SizeClasses.capacityFor(request.sizeBytes);
        if (capacity > cells.capacityBytes()) {
            outbox.refused(
                            request.correlationId,
                            RefusalCode.TOO_LARGE,
                            cells.capacityBytes(),
                            "sizeBytes=" + request.sizeBytes + " arenaBytes=" + cells.capacityBytes())
                    .tell(client);
            return;
        }
        final boolean isWaitedFor = request.isWaitedFor(nowNs);
        if (isOverQuota(request)) {
            waitForQuota(request, isWaitedFor);
            return;
        }
        final boolean isFirst = waiting.isEmpty() && !room.isPromised();
        if (isFirst && grant(request, cellCount, nowNs)) {
            return;
        }
        if (!isWaitedFor) {
            outbox.refused(request.correlationId, RefusalCode.STORE_FULL, request.sizeBytes, "no memory at hand")
                    .tell(client);
            return;
        }
        if (isFirst) {
            while (room.make(capacity)) {
                if (grant(request, 1, nowNs)) {
                    return;
                }
            }
        }
        waiting.add(request);
    }

    /** Memory may have become free, or time has passed. Returns how many requests were answered. */
    int retry(final long nowNs) {
        int answered = 0;
        admitWithinQuota(nowNs);
        // One cell each: what somebody leases in advance now, the next in the queue would miss.
        while (!waiting.isEmpty() && !room.isPromised()) {
            if (isOverQuota(waiting.peek())) {
                final Request next = waiting.poll();
                queue(next.client.jobId).addFirst(next);
            } else if (grantOrMakeRoom(waiting.peek(), nowNs)) {
                waiting.poll();
                answered++;
            } else {
                break;
            }
        }
        answered += refuseLate(waiting, nowNs);
        for (final Deque<Request> queue : overQuota.values()) {
            answered += refuseLate(queue, nowNs);
        }
        overQuota.values().removeIf(Deque::isEmpty);
        return answered;
    }

    /** Which cells' memory would help those who wait: null if nobody does, those of some jobs if only these are over their quota. */
    IntPredicate wantedCells() {
        if (!waiting.isEmpty()) {
            return LeaseDesk::isAny;
        }
        return overQuota.isEmpty() ? null : this::isOfWaitingJob;
    }

    /** In order within the job; other jobs are not held up. */
    private void waitForQuota(final Request request, final boolean isWaitedFor) {
        final long capacity = SizeClasses.capacityFor(request.sizeBytes);
        if (!isWaitedFor || capacity > cells.jobs().quotaBytes()) {
            refuseQuota(request);
            return;
        }
        queue(request.client.jobId).add(request);
    }

    private void admitWithinQuota(final long nowNs) {
        for (final Map.Entry<Integer, Deque<Request>> entry : overQuota.entrySet()) {
            final int jobId = entry.getKey();
            final Deque<Request> queue = entry.getValue();
            while (!queue.isEmpty()) {
                final long missing = SizeClasses.capacityFor(queue.peek().sizeBytes)
                        - cells.jobs().leftBytes(jobId);
                if (missing > 0 && !room.makeOfJob(jobId, missing)) {
                    break;
                }
                if (missing <= 0) {
                    // Granted at once if it can be, so that the next in this queue sees what is left.
                    if (!waiting.isEmpty() || room.isPromised() || !grantOrMakeRoom(queue.peek(), nowNs)) {
                        waiting.add(queue.peek());
                        queue.poll();
                        break;
                    }
                    queue.poll();
                }
            }
        }
    }

    private Deque<Request> queue(final int jobId) {
        return overQuota.computeIfAbsent(jobId, ignored -> new ArrayDeque<>());
    }

    /** What the job's older requests wait for is not given to its younger ones. */
    private boolean isOverQuota(final Request request) {
        final JobQuotas jobs = cells.jobs();
        return jobs.isEnabled()
                && (jobs.leftBytes(request.client.jobId) < SizeClasses.capacityFor(request.sizeBytes)
                        || (overQuota.containsKey(request.client.jobId) && !waiting.contains(request)));
    }

    private int refuseLate(final Deque<Request> queue, final long nowNs) {
        int refused = 0;
        for (final Iterator<Request> all = queue.iterator(); all.hasNext(); ) {
            final Request request = all.next();
            if (request.deadlineNs - nowNs <= 0) {
                all.remove();
                if (queue == waiting) {
                    refuse(request);
                } else {
                    refuseQuota(request);
                }
                refused++;
            }
        }
        return refused;
    }

    private void refuseQuota(final Request request) {
        final int jobId = request.client.jobId;
        outbox.refused(
                        request.correlationId,
                        RefusalCode.QUOTA,
                        request.sizeBytes,
                        "job " + jobId + " is at its quota: wantedBytes=" + request.sizeBytes + " jobQuotaBytes="
                                + cells.jobs().quotaBytes() + " jobUsedBytes="
                                + cells.jobs().usedBytes(jobId))
                .tell(request.client);
    }

    /** True if there was such a request. */
    boolean cancel(final ClientSession client, final long correlationId) {
        final Predicate<Request> wanted = r -> r.client == client && r.correlationId == correlationId;
        boolean removed = waiting.removeIf(wanted);
        for (final Deque<Request> queue : overQuota.values()) {
            removed |= queue.removeIf(wanted);
        }
        return removed;
    }

    void forget(final ClientSession client) {
        waiting.removeIf(request -> request.client == client);
        overQuota.values().forEach(queue -> queue.removeIf(request -> request.client == client));
    }

    /** More is made free until it fits: what comes free first need not lie together. */
    private boolean grantOrMakeRoom(final Request request, final long nowNs) {
        boolean granted = grant(request, 1, nowNs);
        while (!granted && room.makeAgain(SizeClasses.capacityFor(request.sizeBytes))) {
            granted = grant(request, 1, nowNs);
        }
        return granted;
    }

    private static boolean isAny(final int cell) {
        return cell >= 0;
    }

    private boolean isOfWaitingJob(final int cell) {
        for (final Integer jobId : overQuota.keySet()) {
            if (cells.jobs().isOf(cell, jobId)) {
                return true;
            }
        }
        return false;
    }

    private boolean grant(final Request request, final int cellCount, final long nowNs) {
        final long share =
                Math.min(cells.capacityBytes() >> MAX_SHARE_SHIFT, cells.jobs().leftBytes(request.client.jobId));
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
            if (request.isWaitedFor(nowNs)) {
                cells.granted(tokens[0], nowNs); // the first is for who waits, the others are in advance
            }
            Steps.reached(Step.LEASE_UNTOLD);
            tell(request, count);
            Steps.reached(Step.LEASE_TOLD);
        }
        return count > 0;
    }

    private void tell(final Request request, final int count) {
        if (request.waitWord == 0) {
            outbox.grant(request.correlationId, tokens, count).tell(request.client);
        } else if (!WaitWords.answer(
                request.client.pinTable.address(), request.waitWord - 1, request.waitSequence, tokens[0])) {
            // Whoever asked has given up at this moment.
            cells.reclaimLeases(request.client);
        }
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
