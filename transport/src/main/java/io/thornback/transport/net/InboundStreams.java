/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.thornback.transport.wire.StreamCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The streams that come in over one connection. One that was cancelled stays known until its sender has said that it ends, since
 * chunks of it are under way. Network thread only; methods that look at what the peer has sent return null, or why it is garbage.
 */
final class InboundStreams {
    private static final class Inbound {
        private final StreamPart part;
        /** Where the next byte belongs. */
        private long at;
        /** Its end has been told: what still comes is dropped. */
        private boolean isOver;

        Inbound(StreamPart part) {
            this.part = part;
            this.at = part.offset();
        }

        void end(StreamCode code, String reason) {
            if (!isOver) {
                isOver = true;
                part.ended().accept(new StreamOutcome(code, at, reason));
            }
        }
    }

    private final Long2ObjectHashMap<Inbound> byId = new Long2ObjectHashMap<>();
    private final NetCounters counters;
    /** Tells the sender that a stream is done with. */
    private final LongConsumer sayDone;
    /** Whose chunk is being read, and how much of the chunk is still to come. */
    private Inbound current;

    private int leftBytes;

    InboundStreams(NetCounters counters, LongConsumer sayDone) {
        this.counters = counters;
        this.sayDone = sayDone;
    }

    int size() {
        return byId.size();
    }

    void add(long streamId, StreamPart part) {
        byId.put(streamId, new Inbound(part));
    }

    void cancel(long streamId, String reason) {
        final Inbound stream = byId.get(streamId);
        if (stream != null && !stream.isOver) {
            stream.end(StreamCode.CANCELLED, reason);
            sayDone.accept(streamId);
        }
    }

    /** A chunk's head was read. */
    String onChunk(long streamId, long offset, int length) {
        final Inbound stream = byId.get(streamId);
        if (length > NetStreams.CHUNK_BYTES) {
            return "stream=" + streamId + ": a chunk of length=" + length + " limit=" + NetStreams.CHUNK_BYTES;
        }
        if (stream == null) {
            return "stream=" + streamId + ": a chunk, and nobody has asked for it";
        }
        if (offset != stream.at || length > stream.part.length() - offset) {
            return "stream=" + streamId + ": a chunk of length=" + length + " at offset=" + offset + ", expected at="
                    + stream.at + " of=" + stream.part.length();
        }
        current = stream;
        leftBytes = length;
        return null;
    }

    /** Whether what comes next are bytes of a chunk. */
    boolean isInChunk() {
        return leftBytes > 0;
    }

    /** Takes what is there of the chunk at hand, straight to where it belongs. */
    void onBytes(ByteBuf in) {
        final int count = Math.min(leftBytes, in.readableBytes());
        leftBytes -= count;
        if (current.isOver) {
            in.skipBytes(count);
        } else {
            final ByteBuffer to = current.part.memory().at(current.at, count);
            in.readBytes(to.duplicate());
            current.part.checksum().update(to);
            counters.add(NetCounter.STREAM_BYTES_IN, count);
        }
        current.at += count;
    }

    String onEnd(StreamMessages.End end) {
        final Inbound stream = byId.get(end.streamId());
        if (stream == null) {
            return "stream=" + end.streamId() + " ends, and nobody has asked for it";
        }
        final boolean isComplete = end.code() == StreamCode.COMPLETE;
        if (isComplete && stream.at != stream.part.length()) {
            return "stream=" + end.streamId() + " is said to be complete at=" + stream.at + " of="
                    + stream.part.length();
        }
        byId.remove(end.streamId());
        if (stream.isOver) {
            return null;
        }
        if (isComplete) {
            sayDone.accept(end.streamId());
            complete(stream, end.checksum());
        } else {
            stream.end(end.code(), end.reason());
        }
        return null;
    }

    private void complete(Inbound stream, long expected) {
        final long found = stream.part.checksum().getValue();
        if (found == expected) {
            stream.end(StreamCode.COMPLETE, "");
        } else {
            counters.increment(NetCounter.STREAMS_CORRUPT);
            stream.end(
                    StreamCode.CORRUPT,
                    "what came is not what was sent: checksum=" + Long.toHexString(found) + " expected="
                            + Long.toHexString(expected));
        }
    }

    void endAll(String reason) {
        final List<Inbound> streams = new ArrayList<>(byId.values());
        byId.clear();
        streams.forEach(stream -> stream.end(StreamCode.CLOSED, reason));
    }
}
