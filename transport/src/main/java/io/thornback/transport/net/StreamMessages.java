/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.StreamChunkDecoder;
import io.thornback.transport.wire.StreamChunkEncoder;
import io.thornback.transport.wire.StreamCode;
import io.thornback.transport.wire.StreamDoneDecoder;
import io.thornback.transport.wire.StreamDoneEncoder;
import io.thornback.transport.wire.StreamEndDecoder;
import io.thornback.transport.wire.StreamEndEncoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Codec of what streams say. A chunk's head is read where it lies in Netty's buffer, since its bytes never become a message. */
final class StreamMessages {
    /** From the start of a chunk's frame, its length word included, to its bytes. */
    static final int CHUNK_HEAD_BYTES =
            FrameDecoder.LENGTH_BYTES + MessageHeaderDecoder.ENCODED_LENGTH + StreamChunkDecoder.BLOCK_LENGTH;

    private static final int HEADER_AT = FrameDecoder.LENGTH_BYTES;
    private static final int BLOCK_AT = HEADER_AT + MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int MAX_TEXT_LENGTH = 1000;
    /** The whole header of a chunk of this version, as one word. */
    private static final long CHUNK_HEADER = (long) MessageHeaderEncoder.SCHEMA_VERSION << 48
            | (long) MessageHeaderEncoder.SCHEMA_ID << 32
            | (long) StreamChunkEncoder.TEMPLATE_ID << 16
            | StreamChunkEncoder.BLOCK_LENGTH;

    private StreamMessages() {}

    static ByteBuf chunkHead(ByteBufAllocator allocator, long streamId, long offset, int length) {
        return allocator
                .directBuffer(CHUNK_HEAD_BYTES)
                .writeIntLE(CHUNK_HEAD_BYTES - FrameDecoder.LENGTH_BYTES + length)
                .writeLongLE(CHUNK_HEADER)
                .writeLongLE(streamId)
                .writeLongLE(offset);
    }

    /** Whether the frame at the reader's index is a chunk; needs length word and header to be there. One that is damaged is none: then it is looked at as any message. */
    static boolean isChunk(ByteBuf in) {
        return in.getLongLE(in.readerIndex() + HEADER_AT) == CHUNK_HEADER
                && chunkLength(in.getIntLE(in.readerIndex())) > 0;
    }

    /** Bytes of a chunk whose frame's length word says so much. */
    static int chunkLength(int frameLength) {
        return frameLength + FrameDecoder.LENGTH_BYTES - CHUNK_HEAD_BYTES;
    }

    static long chunkStreamId(ByteBuf in) {
        return in.getLongLE(in.readerIndex() + BLOCK_AT + StreamChunkDecoder.streamIdEncodingOffset());
    }

    static long chunkOffset(ByteBuf in) {
        return in.getLongLE(in.readerIndex() + BLOCK_AT + StreamChunkDecoder.positionEncodingOffset());
    }

    static DirectBuffer end(long streamId, StreamCode code, long checksum, String reason) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
        final StreamEndEncoder encoder =
                new StreamEndEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.streamId(streamId).checksum(checksum).code(code);
        encoder.reason(reason.substring(0, Math.min(reason.length(), MAX_TEXT_LENGTH)));
        return exactly(buffer, encoder.encodedLength());
    }

    /** What a {@code StreamEnd} says. */
    record End(long streamId, StreamCode code, long checksum, String reason) {}

    /** @throws IllegalArgumentException if it has a code that is none */
    static End end(NetFrame frame) {
        final StreamEndDecoder decoder =
                new StreamEndDecoder().wrapAndApplyHeader(frame.buffer(), 0, NetMessages.headerOf(frame));
        return new End(decoder.streamId(), decoder.code(), decoder.checksum(), decoder.reason());
    }

    static DirectBuffer done(long streamId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final StreamDoneEncoder encoder =
                new StreamDoneEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.streamId(streamId);
        return exactly(buffer, encoder.encodedLength());
    }

    static long done(NetFrame frame) {
        return new StreamDoneDecoder()
                .wrapAndApplyHeader(frame.buffer(), 0, NetMessages.headerOf(frame))
                .streamId();
    }

    private static DirectBuffer exactly(ExpandableArrayBuffer buffer, int encodedLength) {
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }
}
