/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.TransportException;
import io.thornback.transport.TransportException.Code;
import io.thornback.transport.ipc.OutboundLane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The lanes that this process writes to, by the name of the receiver's inbox; opened on first use. Those to processes that are gone are closed when some more have been opened, whoever they were to: else a program that calls
 * one actor after the other would keep a descriptor and the memory of the inbox for each until its end. Thread-safe.
 */
public final class Links implements AutoCloseable {
    private static final Set<Code> GONE = EnumSet.of(Code.PEER_NOT_FOUND, Code.PEER_DIED, Code.PEER_CLOSED);

    /** So many more than at the last look, or half as many more if there are many, and the receivers are looked at: reading /proc for each is a small part of what it costs to open a lane. */
    private static final int LOOK_AFTER = 4;

    private final Path shmDir;
    private final String ownName;
    private final Runnable wakeAgent;
    private final Map<String, Outbox> open = new ConcurrentHashMap<>();
    /** Closed, with actions that wait to be run. */
    private final Queue<Outbox> leftovers = new ConcurrentLinkedQueue<>();
    /** Those with messages for which nobody has rung yet; the agent's. */
    private final List<Outbox> unrung = new ArrayList<>();
    /** With so many lanes the next look is due; two threads that look at the same time do no harm. */
    private volatile int lookAt = LOOK_AFTER;

    /**
     * @param shmDir the session's shared memory.
     * @param ownName name of this process's inbox.
     * @param wakeAgent wakes the agent that calls {@link #flush}.
     */
    public Links(final Path shmDir, final String ownName, final Runnable wakeAgent) {
        this.wakeAgent = wakeAgent;
        this.shmDir = shmDir;
        this.ownName = ownName;
    }

    /** Name of this process's inbox, where answers go. */
    public String ownName() {
        return ownName;
    }

    /**
     * The lane to this inbox.
     *
     * @throws TransportException if there is no such inbox, or it speaks another version.
     */
    public Outbox to(final String inboxName) {
        final Outbox known = open.get(inboxName);
        if (known != null) {
            return known;
        }
        final Outbox opened = open.computeIfAbsent(
                inboxName, name -> new Outbox(OutboundLane.open(shmDir, name, ownName), wakeAgent, this::leave));
        if (open.size() > lookAt) {
            open.values().stream().filter(each -> !each.isReceiverThere()).forEach(this::close);
            lookAt = open.size() + Math.max(LOOK_AFTER, open.size() / 2);
        }
        return opened;
    }

    private void close(final Outbox outbox) {
        if (open.remove(outbox.receiver(), outbox)) {
            outbox.close();
        }
    }

    /** How many are open. */
    int size() {
        return open.size();
    }

    private void leave(final Outbox closed) {
        if (closed.hasBacklog()) {
            leftovers.add(closed);
            wakeAgent.run();
        }
    }

    /**
     * As {@link #to}, or empty if the receiver is gone.
     *
     * @throws TransportException if it is there and cannot be reached: what is for it must not be dropped in silence.
     */
    public Optional<Outbox> tryTo(final String inboxName) {
        try {
            return Optional.of(to(inboxName));
        } catch (final TransportException e) {
            if (!GONE.contains(e.code())) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Closes the lane to a process that is gone. */
    public void forget(final String inboxName) {
        final Outbox outbox = open.get(inboxName);
        if (outbox != null) {
            close(outbox);
        }
    }

    /**
     * Sends as {@link Outbox#post} does, but wakes the receiver only at the end of the agent's duty cycle, once for all that was sent to it in the cycle: a receiver that is woken for
     * each message takes the core from its sender each time. Agent's thread.
     */
    public void postInCycle(final Outbox to, final int templateId, final MessageBuffer message, final int encodedBody) {
        if (to.postUnrung(templateId, message, encodedBody)) {
            unrung.add(to);
        }
    }

    /** Wakes the receivers of what was posted in this cycle. Agent's thread. */
    void ring() {
        if (!unrung.isEmpty()) {
            unrung.forEach(Outbox::ring);
            unrung.clear();
        }
    }

    /** Sends what agents could not send at once. Agent's thread. */
    public int flush() {
        int sent = 0;
        for (final Outbox outbox : open.values()) {
            if (outbox.hasBacklog()) {
                sent += outbox.flush();
            }
        }
        for (Outbox closed = leftovers.poll(); closed != null; closed = leftovers.poll()) {
            sent += closed.flush();
        }
        return sent;
    }

    /** Whether any lane has a backlog: then the agent must not sleep long. */
    public boolean hasBacklog() {
        for (final Outbox outbox : open.values()) {
            if (outbox.hasBacklog()) {
                return true;
            }
        }
        return !leftovers.isEmpty();
    }

    /** Messages that wait for room in all lanes together; about, while others add some. */
    public int backlog() {
        int all = 0;
        for (final Outbox outbox : open.values()) {
            all += outbox.backlog();
        }
        return all;
    }

    @Override
    public void close() {
        open.values().forEach(Outbox::close);
        open.clear();
        leftovers.clear();
    }
}
