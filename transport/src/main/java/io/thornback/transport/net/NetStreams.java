/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.StreamCode;
import io.thornback.transport.wire.StreamDoneDecoder;
import io.thornback.transport.wire.StreamEndDecoder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.agrona.DirectBuffer;

/**
 * Bytes of any length over a connection that goes on carrying messages. The receiver begins: it gives a stream its id and sends it to its peer in a message of its own, which says
 * what is wanted; the peer's agent {@linkplain #accept accepts} the id, and then sends, or ends it with a reason. Whatever happens, each stream ends once on each side.
 *
 * <p>The sender's memory must stay until its end is told, which is when the receiver has said that it has all, or the connection fell. Chunks go from there to the socket and from
 * Netty's buffer to the receiver's memory, past the agents' inboxes. There are no credits: a receiver names memory that is there already, so all that it can be waiting for is its network thread, and
 * while that does not read, nothing else could be received either. TCP's own window is enough, and the socket is never left unread for a stream's sake.
 *
 * <p>Garbage is a chunk of a stream that was not asked for, one that is longer than {@value #CHUNK_BYTES} bytes, or not where it is expected: the connection ends, as on any.
 */
public final class NetStreams {
    /** Most bytes of one chunk: 256 KiB take a network of 10 Gbit/s a fifth of a millisecond. */
    public static final int CHUNK_BYTES = 256 << 10;

    /** Streams of one connection in each direction. */
    public static final int MOST_STREAMS = 256;

    private final NetConnection connection;
    private final OutboundFrames frames;
    private final AtomicLong lastId = new AtomicLong();
    private final InboundStreams inbound;
    private final OutboundStreams outbound;

    NetStreams(NetConnection connection, OutboundFrames frames, OutboundStreams outbound) {
        this.connection = connection;
        this.frames = frames;
        this.outbound = outbound;
        this.inbound = new InboundStreams(
                connection.counters(), streamId -> frames.writeAlways(StreamMessages.done(streamId)));
    }

    // ---- any thread

    /**
     * Receives a stream. If it cannot even be asked for, it ends as CLOSED or BUSY.
     *
     * @param question makes the message that asks the peer for it, from the stream's id
     * @return the id, for {@link #cancel}
     */
    public long receive(StreamPart part, LongFunction<DirectBuffer> question) {
        final long streamId = lastId.incrementAndGet();
        connection.onNetworkThread(
                () -> {
                    if (!connection.isOpen()) {
                        refuse(part, StreamCode.CLOSED, "the connection to " + connection.peer() + " has ended");
                    } else if (inbound.size() >= MOST_STREAMS) {
                        refuse(part, StreamCode.BUSY, "streams from " + connection.peer() + "=" + MOST_STREAMS);
                    } else {
                        inbound.add(streamId, part);
                        frames.writeAlways(question.apply(streamId));
                    }
                },
                () -> refuse(part, StreamCode.CLOSED, "the network thread has ended"));
        return streamId;
    }

    private static void refuse(StreamPart part, StreamCode code, String reason) {
        part.ended().accept(new StreamOutcome(code, part.offset(), reason));
    }

    /** Ends a stream that comes in; does nothing if it has ended. */
    public void cancel(long streamId, String reason) {
        connection.onNetworkThread(() -> inbound.cancel(streamId, reason), () -> {});
    }

    /** Sends what was accepted. If the receiver has gone meanwhile, or wants it no more, the part's end is told at once. */
    public void send(long streamId, StreamPart part) {
        connection.onNetworkThread(
                () -> outbound.send(streamId, part),
                () -> refuse(part, StreamCode.CLOSED, "the network thread has ended"));
    }

    /** Ends a stream that was accepted, started or not; the receiver hears why. */
    public void end(long streamId, StreamCode code, String reason) {
        connection.onNetworkThread(() -> outbound.end(streamId, code, reason), () -> {});
    }

    // ---- network thread

    /**
     * The peer has asked for a stream of this id; from now on it may cancel it. On the network thread, before the next message is read.
     *
     * @return false if nothing is to be sent: there are too many, which has been said, or the connection has ended
     * @throws IllegalArgumentException if there is a stream of this id: the peer speaks garbage
     */
    public boolean accept(long streamId) {
        if (!outbound.isNew(streamId)) {
            throw new IllegalArgumentException("stream=" + streamId + " is asked for twice");
        }
        return connection.isOpen() && outbound.accept(streamId);
    }

    InboundStreams inbound() {
        return inbound;
    }

    /** Whether the frame was about a stream; garbage ends the connection. */
    boolean onFrame(NetFrame frame) {
        if (frame.templateId() == StreamEndDecoder.TEMPLATE_ID) {
            final String garbage = inbound.onEnd(StreamMessages.end(frame));
            if (garbage != null) {
                connection.onBadFrame(NetCounter.BAD_FRAMES, garbage);
            }
            return true;
        }
        if (frame.templateId() == StreamDoneDecoder.TEMPLATE_ID) {
            outbound.onDone(StreamMessages.done(frame));
            return true;
        }
        return false;
    }

    /** The connection has ended or is about to. */
    void endAll(String reason) {
        inbound.endAll(reason);
        outbound.endAll(reason);
    }
}
