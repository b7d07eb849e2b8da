/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.Inbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Messages about objects that the store does not know, or may not know all of, and which may have overtaken a SEAL on another lane.
 *
 * <p>A SEAL is committed before its id is told to anybody. So whoever speaks of an object that was sealed speaks after the SEAL's commit, and when
 * the store reads that message, the SEAL lies in some lane below the position up to which its sender has claimed. The store notes these positions
 * and decides when every lane has been read up to them. Messages behind the noted positions do not matter, so the wait
 * is bounded by what the lanes hold. A sender that is stopped between claim and commit delays the decision, and nothing else; one that died does not,
 * because its lane is read out and closed. One thread, the agent.
 */
final class Undecided {
    private record Mark(InboundLane lane, long position) {
        boolean isReached() {
            return lane.isClosed() || lane.consumerPosition() - position >= 0;
        }
    }

    private record Case(List<Mark> marks, Runnable decision) {}

    private final Deque<Case> cases = new ArrayDeque<>();
    private final DeleteLog log;
    private Inbox inbox;

    Undecided(final DeleteLog log) {
        this.log = log;
    }

    /** Where deletes are written down, for the next store. */
    DeleteLog log() {
        return log;
    }

    /** Whose lanes are looked at; before any message comes. */
    void open(final Inbox newInbox) {
        inbox = newInbox;
    }

    /** Whether all other lanes have been read as far as they are filled. */
    boolean isInOrder(final InboundLane from) {
        return marks(from).isEmpty();
    }

    /** Decides now if no other lane holds anything, otherwise when all have been read as far as they are filled now. */
    void decideInOrder(final InboundLane from, final Runnable decision) {
        final List<Mark> marks = marks(from);
        if (marks.isEmpty()) {
            decision.run();
        } else {
            cases.add(new Case(marks, decision));
        }
    }

    private List<Mark> marks(final InboundLane from) {
        final List<Mark> marks = new ArrayList<>();
        inbox.forEachLane(lane -> {
            if (lane != from) {
                final Mark mark = new Mark(lane, lane.producerPosition());
                if (!mark.isReached()) {
                    marks.add(mark);
                }
            }
        });
        return marks;
    }

    /** Decides what can be decided; returns how many. */
    int poll() {
        int decided = 0;
        for (final Iterator<Case> all = cases.iterator(); all.hasNext(); ) {
            final Case next = all.next();
            next.marks.removeIf(Mark::isReached);
            if (next.marks.isEmpty()) {
                all.remove();
                next.decision.run();
                decided++;
            }
        }
        return decided;
    }

    int size() {
        return cases.size();
    }
}
