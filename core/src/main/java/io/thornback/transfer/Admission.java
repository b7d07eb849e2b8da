/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Who may begin: the bytes of all pulls that have begun and not ended never exceed a limit. In the order of priority, then of arrival; one that does not fit lets no smaller one past, or a large one would
 * wait for ever. One that is larger than the limit goes alone. Network thread only, but for the counts.
 */
final class Admission {
    /** Somebody who waits for a turn, or has it. */
    static final class Ticket {
        private final long bytes;
        private final Runnable admitted;
        private PullPriority priority;
        private long arrival;
        private boolean holds;

        private Ticket(long bytes, PullPriority priority, Runnable admitted) {
            this.bytes = bytes;
            this.priority = priority;
            this.admitted = admitted;
        }
    }

    private static final Comparator<Ticket> ORDER = Comparator.<Ticket, PullPriority>comparing(
                    ticket -> ticket.priority)
            .thenComparingLong(ticket -> ticket.arrival);

    private final PriorityQueue<Ticket> waiting = new PriorityQueue<>(ORDER);
    private final long limitBytes;
    private long arrivals;
    private boolean isAdmitting;
    private volatile long bytes;
    private volatile long mostBytes;

    Admission(long limitBytes) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("limitBytes=" + limitBytes + ", must be 1 or more");
        }
        this.limitBytes = limitBytes;
    }

    /** Bytes of those that have begun; any thread. */
    long bytes() {
        return bytes;
    }

    /** The most that there have been; any thread. */
    long mostBytes() {
        return mostBytes;
    }

    /** Queues somebody, who is told when it may begin, perhaps before this returns. */
    Ticket enter(long ticketBytes, PullPriority priority, Runnable admitted) {
        final Ticket ticket = new Ticket(ticketBytes, priority, admitted);
        ticket.arrival = ++arrivals;
        waiting.add(ticket);
        admit();
        return ticket;
    }

    /** Whoever waits goes before others from now on, in the place of its arrival. */
    void raise(Ticket ticket, PullPriority priority) {
        if (priority.compareTo(ticket.priority) < 0 && waiting.remove(ticket)) {
            ticket.priority = priority;
            waiting.add(ticket);
            admit();
        }
    }

    /** Gives the turn back, or the wait for it up. */
    void leave(Ticket ticket) {
        if (ticket.holds) {
            ticket.holds = false;
            holds(bytes - ticket.bytes);
        } else {
            waiting.remove(ticket);
        }
        admit();
    }

    private void admit() {
        if (isAdmitting) {
            return;
        }
        isAdmitting = true;
        for (Ticket next = waiting.peek(); next != null && fits(next); next = waiting.peek()) {
            waiting.remove();
            next.holds = true;
            holds(bytes + next.bytes);
            next.admitted.run();
        }
        isAdmitting = false;
    }

    private void holds(long newBytes) {
        bytes = newBytes;
        mostBytes = Math.max(mostBytes, newBytes);
    }

    private boolean fits(Ticket ticket) {
        return bytes == 0 || ticket.bytes <= limitBytes - bytes;
    }
}
