/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;
import io.thornback.transport.wire.MessageShapes;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.UnsafeBuffer;

/** Calls the handler, and sees to it that what it throws neither loses a message silently nor stops the inbox. Agent thread. */
final class Dispatcher implements LaneReader.Sink {
    private final ErrorHandler errorHandler;
    private final AtomicLong handlerErrors = new AtomicLong();
    private final AtomicLong corruptLanes = new AtomicLong();
    private final AtomicLong unreadableMessages = new AtomicLong();
    private LaneHandler handler;
    private InboundLane lane;

    Dispatcher(ErrorHandler errorHandler) {
        this.errorHandler = errorHandler;
    }

    void begin(LaneHandler pollHandler) {
        handler = pollHandler;
    }

    /** Reads one lane, its opening told first. */
    int read(InboundLane from, int limit) {
        if (from.announce()) {
            opened(from);
        }
        lane = from;
        return from.reader.read(this, limit);
    }

    /** Reads one lane, past unfinished claims too if its producer is dead. */
    int readOut(InboundLane from, int limit) {
        int handled = read(from, limit);
        while (from.isProducerDead() && handled < limit && from.reader.skipDeadClaim()) {
            handled += read(from, limit - handled);
        }
        return handled;
    }

    @Override
    public void onRecord(int type, UnsafeBuffer ring, int offset, int length) {
        try {
            if (MessageShapes.isWhole(ring, offset, length)) {
                handler.onMessage(lane, type, ring, offset, length);
            } else {
                unreadable(type, length);
                handler.onUnreadable(lane, type, ring, offset, length);
            }
        } catch (AgentTerminationException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** The first of a lane is told, all are counted: who sends one may send many. */
    private void unreadable(int type, int length) {
        unreadableMessages.incrementAndGet();
        if (lane.isFirstUnreadable()) {
            errorHandler.onError(
                    new TransportException(
                            TransportException.Code.CORRUPT,
                            "message template=" + type + " length=" + length + " from producer=" + lane.producerName()
                                    + " pid="
                                    + lane.producer().pid()
                                    + " is skipped: its length fields lead out of it, or its header is not this version's",
                            "run all processes of a node from one release; look at what that process writes into shared memory"));
        }
    }

    private void opened(InboundLane opened) {
        try {
            handler.onLaneOpened(opened);
        } catch (AgentTerminationException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** A lane that was never announced ends as quietly. */
    void closed(InboundLane closed) {
        if (!closed.isAnnounced()) {
            return;
        }
        try {
            handler.onLaneClosed(closed, closed.isProducerDead());
        } catch (AgentTerminationException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        handlerErrors.incrementAndGet();
        errorHandler.onError(e);
    }

    /** Something in shared memory, or the lane's file, is not as it must be: its producer's fault, not the handler's. */
    void corrupt(RuntimeException e) {
        corruptLanes.incrementAndGet();
        errorHandler.onError(e);
    }

    long corruptLanes() {
        return corruptLanes.get();
    }

    long unreadableMessages() {
        return unreadableMessages.get();
    }

    long handlerErrors() {
        return handlerErrors.get();
    }
}
