/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lanes into an inbox whose owner died: read out once by its successor, then dropped. They are sealed, so they only
 * become emptier. Their senders ring the old inbox, so every poll looks here; there is nothing to look at soon. Agent
 * thread.
 */
final class InheritedLanes {
    /** What a living sender has claimed it commits in microseconds; one that is stopped must not keep us for ever. */
    private static final long PATIENCE_NS = 1_000_000_000L;

    private final List<InboundLane> lanes = new ArrayList<>();
    private final long sinceNs = System.nanoTime();

    void add(InboundLane lane) {
        lane.reader.sealTail();
        if (!SlotWord.isClaimantAlive(lane.word)) {
            lane.producerDead();
        }
        lanes.add(lane);
    }

    boolean isEmpty() {
        return lanes.isEmpty();
    }

    /** Not allocating: part of every look for work. */
    boolean hasCommitted() {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).reader.hasCommitted()) {
                return true;
            }
        }
        return false;
    }

    int poll(Dispatcher dispatcher, int limit) {
        int handled = 0;
        for (int i = lanes.size() - 1; i >= 0 && handled < limit; i--) {
            InboundLane lane = lanes.get(i);
            boolean done;
            try {
                handled += dispatcher.readOut(lane, limit - handled);
                done = lane.reader.isDrained();
            } catch (CorruptLaneException e) {
                dispatcher.corrupt(e);
                done = true;
            }
            if (!done && !lane.reader.hasCommitted() && System.nanoTime() - sinceNs > PATIENCE_NS) {
                if (!lane.isProducerDead() && !SlotWord.isClaimantAlive(lane.word)) {
                    lane.producerDead(); // meanwhile; the next poll gets past its claim
                    continue;
                }
                dispatcher.corrupt(new CorruptLaneException(
                        "lane " + lane.file.path + " of producer=" + lane.producerName() + " pid="
                                + lane.producer().pid(),
                        "a claim at position=" + lane.reader.position() + " was not finished in "
                                + PATIENCE_NS / 1_000_000 + " ms; what is behind it is dropped"));
                done = true;
            }
            if (done) {
                lanes.remove(i);
                try {
                    dispatcher.closed(lane);
                } finally {
                    lane.close();
                }
            }
        }
        return handled;
    }

    void forEach(Consumer<InboundLane> action) {
        new ArrayList<>(lanes).forEach(action);
    }

    void close() {
        lanes.forEach(InboundLane::close);
        lanes.clear();
    }
}
