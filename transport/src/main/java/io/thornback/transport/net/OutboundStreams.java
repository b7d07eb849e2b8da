/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;
import io.thornback.transport.wire.StreamCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The streams that go out over one connection, in turn, a chunk each. At most two chunks of all of them are in Netty's hands, so a message waits behind
 * no more; the next is handed over when the socket has taken one, and in another turn of the event loop, so that it reads in between. Network thread only.
 */
final class OutboundStreams {
    private static final class Outbound {
        private final long id;
        /** Null until its sender has found it. */
        private StreamPart part;
        /** The next byte to send. */
        private long at;
        /** Chunks that are being written from its memory. */
        private int chunksInFlight;
        /** All has been sent, and the receiver has not said yet that it has it. */
        private boolean isSent;
        /** Null while it goes on. */
        private StreamOutcome outcome;

        Outbound(long id) {
            this.id = id;
        }

        /** Nothing more is sent of it; its end is told when nothing of its memory is being written. */
        void over(StreamCode code, String reason) {
            outcome = new StreamOutcome(code, at, reason);
            tellIfSettled();
        }

        void tellIfSettled() {
            if (outcome != null && chunksInFlight == 0 && part != null) {
                part.ended().accept(outcome);
            }
        }
    }

    private final Long2ObjectHashMap<Outbound> byId = new Long2ObjectHashMap<>();
    /** Those that have something to send, in the order of their turns. */
    private final Queue<Outbound> ready = new ArrayDeque<>();

    private final SocketChannel channel;
    private final NetLoop loop;
    private final OutboundFrames frames;
    private final NetCounters counters;
    private final int chunkBytes;
    private int bytesInFlight;
    private boolean isScheduled;

    OutboundStreams(
            SocketChannel channel, NetLoop loop, OutboundFrames frames, NetLimits limits, NetCounters counters) {
        this.channel = channel;
        this.loop = loop;
        this.frames = frames;
        this.counters = counters;
        this.chunkBytes = Math.min(NetStreams.CHUNK_BYTES, StreamMessages.chunkLength(limits.maxFrameLength()));
    }

    /** Whether the id is new; a peer that gives one twice speaks garbage. */
    boolean isNew(long streamId) {
        return !byId.containsKey(streamId);
    }

    /** False if there are too many; that has been said then. */
    boolean accept(long streamId) {
        if (byId.size() >= NetStreams.MOST_STREAMS) {
            frames.writeAlways(StreamMessages.end(
                    streamId, StreamCode.BUSY, 0, "streams on this connection=" + byId.size() + ", the limit"));
            return false;
        }
        byId.put(streamId, new Outbound(streamId));
        return true;
    }

    /** Starts one that was accepted; if it has ended meanwhile, that is told at once. */
    void send(long streamId, StreamPart part) {
        final Outbound stream = byId.get(streamId);
        if (stream == null || stream.part != null) {
            part.ended().accept(new StreamOutcome(StreamCode.CANCELLED, part.offset(), "it is not wanted any more"));
            return;
        }
        stream.part = part;
        stream.at = part.offset();
        ready.add(stream);
        schedule();
    }

    /** Ends one that was accepted, or started. */
    void end(long streamId, StreamCode code, String reason) {
        final Outbound stream = byId.get(streamId);
        if (stream != null && !stream.isSent) {
            stop(stream, code, reason);
        }
    }

    private void stop(Outbound stream, StreamCode code, String reason) {
        byId.remove(stream.id);
        ready.remove(stream);
        frames.writeAlways(StreamMessages.end(stream.id, code, 0, reason));
        stream.over(code, reason);
    }

    /** The receiver has all or wants no more. It may say so of a stream that this side has ended by itself. */
    void onDone(long streamId) {
        final Outbound stream = byId.get(streamId);
        if (stream == null) {
            return;
        }
        if (stream.isSent) {
            byId.remove(streamId);
            stream.over(StreamCode.COMPLETE, "");
        } else {
            stop(stream, StreamCode.CANCELLED, "it is not wanted any more");
        }
    }

    void endAll(String reason) {
        final List<Outbound> streams = new ArrayList<>(byId.values());
        byId.clear();
        ready.clear();
        streams.forEach(stream -> stream.over(StreamCode.CLOSED, reason));
    }

    /** As a timer, which comes due behind a look at the sockets; a task would run before it. */
    private void schedule() {
        if (!isScheduled && !ready.isEmpty()) {
            isScheduled = true;
            loop.schedule(this::pump, 0);
        }
    }

    private void pump() {
        isScheduled = false;
        while (bytesInFlight < 2 * chunkBytes && !ready.isEmpty()) {
            final Outbound stream = ready.remove();
            if (stream.at < stream.part.length() && !writeChunk(stream)) {
                continue;
            }
            if (stream.at < stream.part.length()) {
                ready.add(stream);
            } else {
                stream.isSent = true;
                frames.writeAlways(StreamMessages.end(
                        stream.id, StreamCode.COMPLETE, stream.part.checksum().getValue(), ""));
            }
        }
        channel.flush();
    }

    /** False if its memory cannot be read, and the stream has ended therefore. */
    private boolean writeChunk(Outbound stream) {
        final int length = (int) Math.min(chunkBytes, stream.part.length() - stream.at);
        final ByteBuffer bytes;
        try {
            bytes = stream.part.memory().at(stream.at, length);
        } catch (RuntimeException e) {
            stop(stream, StreamCode.FAILED, "it cannot be read: " + e.getMessage());
            return false;
        }
        stream.part.checksum().update(bytes.duplicate());
        counters.add(NetCounter.STREAM_BYTES_OUT, length);
        channel.write(StreamMessages.chunkHead(loop.allocator(), stream.id, stream.at, length))
                .addListener(NetLoop::logFailure);
        stream.at += length;
        stream.chunksInFlight++;
        bytesInFlight += length;
        channel.write(Unpooled.wrappedBuffer(bytes)).addListener(written -> {
            stream.chunksInFlight--;
            bytesInFlight -= length;
            stream.tellIfSettled();
            schedule();
        });
        return true;
    }
}
