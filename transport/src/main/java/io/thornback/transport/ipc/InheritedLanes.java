/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Lanes into an inbox whose owner died: read out once by its heir, before the inbox file and they are deleted, then dropped. They are
 * sealed, so they only become emptier. An heir that is killed meanwhile leaves files from which the next heir goes on. One thread.
 */
final class InheritedLanes implements AutoCloseable {
    /** What a living sender has claimed it commits in microseconds; one that is stopped must not keep us. */
    static final long PATIENCE_MS = 200;

    private static final long PAUSE_NS = 200_000L;

    private final List<InboundLane> lanes = new ArrayList<>();
    private final Dispatcher dispatcher;
    private int handled;

    InheritedLanes(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    void add(InboundLane lane) {
        boolean sealed = false;
        try {
            if (!lane.reader.isSealed()) {
                lane.reader.sealTail();
            }
            sealed = true;
        } finally {
            if (!sealed) {
                lane.suspend();
            }
        }
        lanes.add(lane);
        if (!SlotWord.isClaimantAlive(lane.word)) {
            lane.producerDead();
        }
    }

    /** Delivers what is committed in all of them, and closes them. */
    void readOut() {
        long deadlineNs = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!lanes.isEmpty()) {
            int before = handled;
            boolean patient = System.nanoTime() - deadlineNs < 0;
            for (int i = lanes.size() - 1; i >= 0; i--) {
                if (isDone(lanes.get(i), patient)) {
                    close(lanes.remove(i));
                }
            }
            if (handled == before && !lanes.isEmpty()) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    int handled() {
        return handled;
    }

    private boolean isDone(InboundLane lane, boolean patient) {
        try {
            handled += dispatcher.readOut(lane, Integer.MAX_VALUE);
            while (!patient && !lane.reader.isDrained()) {
                if (lane.reader.skipSealedClaim()) {
                    InboxErrors.LOG.warn(
                            "lane {} of producer={} pid={}: a claim that ends before position={} was not finished in {} ms and is skipped",
                            lane.file.path,
                            lane.producerName(),
                            lane.producer().pid(),
                            lane.reader.position(),
                            PATIENCE_MS);
                }
                handled += dispatcher.readOut(lane, Integer.MAX_VALUE);
            }
            return lane.reader.isDrained();
        } catch (CorruptLaneException e) {
            dispatcher.corrupt(e);
            return true;
        }
    }

    private void close(InboundLane lane) {
        try {
            dispatcher.closed(lane);
        } finally {
            lane.close();
        }
    }

    @Override
    public void close() {
        lanes.forEach(InboundLane::suspend);
        lanes.clear();
    }
}
