/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Waits until so many of several objects are there. One request for each that is not in sight; the answers count down on the feeding thread,
 * and the last that is needed wakes the waiting one, once. An object that is lost counts as there: a get of it has its answer, an exception.
 */
final class MultiWait {
    private final ObjectLocator locator;
    private final StoreLane lane;
    private final Replies replies;

    MultiWait(final ObjectLocator locator, final StoreLane lane, final Replies replies) {
        this.locator = locator;
        this.lane = lane;
        this.replies = replies;
    }

    /** Parks the thread that waits; is no request itself. */
    private static final class Gate extends Reply {
        private final AtomicInteger missing;

        Gate(final int missing) {
            super(0);
            this.missing = new AtomicInteger(missing);
        }

        void arrived(final RuntimeException problem) {
            final boolean failed = problem != null && !(problem instanceof ObjectLostException);
            if (failed) {
                failure = problem;
            }
            if (missing.decrementAndGet() == 0 || failed) {
                complete();
            }
        }
    }

    /** One of the objects. */
    private static final class Part extends Reply {
        private final StoreLane lane;
        private final Gate gate;
        private final ObjectId id;

        Part(final long correlationId, final StoreLane lane, final ObjectId id, final Gate gate) {
            super(correlationId);
            this.lane = lane;
            this.id = id;
            this.gate = gate;
        }

        @Override
        void sendAgain() {
            lane.awaitObject(correlationId, id, 0, 0);
        }

        @Override
        void onDone() {
            gate.arrived(failure);
        }
    }

    /** Which are ready, in the order they were given; at least {@code wanted}, unless the time was over before. */
    List<ObjectId> await(final List<ObjectId> ids, final int wanted, final long deadlineNs) {
        final boolean[] ready = new boolean[ids.size()];
        int count = 0;
        for (int i = 0; i < ready.length; i++) {
            ready[i] = locator.isInSight(ids.get(i));
            count += ready[i] ? 1 : 0;
        }
        if (count < wanted) {
            ask(ids, ready, wanted - count, deadlineNs);
        }
        final List<ObjectId> found = new ArrayList<>();
        for (int i = 0; i < ready.length; i++) {
            if (ready[i]) {
                found.add(ids.get(i));
            }
        }
        return found;
    }

    static int checkCount(final int count, final List<ObjectId> ids) {
        if (count < 0 || count > ids.size()) {
            throw new IllegalArgumentException("count=" + count + " is not in 0.." + ids.size());
        }
        return count;
    }

    /** What is there of each; if one is not, the others are closed and its exception is thrown. */
    static List<ObjectBuffer> allOrNone(final List<ObjectId> ids, final Function<ObjectId, ObjectBuffer> get) {
        final List<ObjectBuffer> buffers = new ArrayList<>(ids.size());
        boolean complete = false;
        try {
            for (final ObjectId id : ids) {
                buffers.add(get.apply(id));
            }
            complete = true;
        } finally {
            if (!complete) {
                buffers.forEach(ObjectBuffer::close);
            }
        }
        return buffers;
    }

    private void ask(final List<ObjectId> ids, final boolean[] ready, final int missing, final long deadlineNs) {
        final Gate gate = new Gate(missing);
        final Part[] parts = new Part[ready.length];
        try {
            for (int i = 0; i < ready.length && !gate.isDone(); i++) {
                if (!ready[i]) {
                    parts[i] = replies.expect(new Part(replies.nextCorrelationId(), lane, ids.get(i), gate));
                    parts[i].sendAgain(); // the first time
                }
            }
            replies.await(gate, deadlineNs, lane::isStoreAlive);
        } finally {
            for (int i = 0; i < ready.length; i++) {
                if (parts[i] != null) {
                    if (replies.forget(parts[i].correlationId)) {
                        lane.tryCancelWait(parts[i].correlationId);
                    } else {
                        ready[i] = true; // answered
                    }
                }
            }
        }
    }
}
