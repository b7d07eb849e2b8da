/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.UnsafeBuffer;

/** Calls the handler, and sees to it that what it throws neither loses a message silently nor stops the inbox. Agent thread. */
final class Dispatcher implements LaneReader.Sink {
    private final ErrorHandler errorHandler;
    private final AtomicLong handlerErrors = new AtomicLong();
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

    @Override
    public void onRecord(int type, UnsafeBuffer ring, int offset, int length) {
        try {
            handler.onMessage(lane, type, ring, offset, length);
        } catch (AgentTerminationException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
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

    void closed(InboundLane closed, boolean producerDied) {
        try {
            handler.onLaneClosed(closed, producerDied);
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

    /** For what is not the handler's fault. */
    void report(Throwable e) {
        errorHandler.onError(e);
    }

    long handlerErrors() {
        return handlerErrors.get();
    }
}
