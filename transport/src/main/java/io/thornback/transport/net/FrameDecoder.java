/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageShapes;
import java.util.List;

/**
 * Cuts the stream into frames: a length, 4 bytes little-endian, of what follows; then an SBE header and its message.
 * The length is checked before a byte is reserved for it, and behind the handshake the lengths in the message before anybody decodes it. After the first bad frame nothing more is read.
 * Chunks of streams are not put together: their bytes go on as they come.
 */
final class FrameDecoder extends ByteToMessageDecoder {
    static final int LENGTH_BYTES = Integer.BYTES;

    private static final int HEADER_END = LENGTH_BYTES + MessageHeaderDecoder.ENCODED_LENGTH;

    private final NetConnection connection;
    private boolean broken;

    FrameDecoder(NetConnection connection) {
        this.connection = connection;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (connection.streams().inbound().isInChunk()) {
            connection.streams().inbound().onBytes(in);
            return;
        }
        if (in.readableBytes() < LENGTH_BYTES) {
            return;
        }
        if (connection.awaitsPlainHello() && ServerPortGuard.isTls(in)) {
            broken = true;
            in.skipBytes(in.readableBytes());
            connection.refuseInPlainText(
                    "this cluster speaks plain text (start --insecure), and this process speaks TLS:"
                            + " its token is not this cluster's; use the one in the head's session folder");
            return;
        }
        final int length = in.getIntLE(in.readerIndex());
        final int limit = connection.frameLimit();
        if (length < MessageHeaderDecoder.ENCODED_LENGTH || length > limit) {
            fail(in, length > limit && length < 1 << 30, "frame length=" + length + " limit=" + limit);
            return;
        }
        if (connection.isOpen() && in.readableBytes() >= HEADER_END && StreamMessages.isChunk(in)) {
            if (in.readableBytes() >= StreamMessages.CHUNK_HEAD_BYTES) {
                beginChunk(in, StreamMessages.chunkLength(length));
            }
            return;
        }
        if (in.readableBytes() < LENGTH_BYTES + length) {
            return;
        }
        final byte[] bytes = new byte[length];
        in.skipBytes(LENGTH_BYTES).readBytes(bytes);
        final NetFrame frame = new NetFrame(bytes);
        if (frame.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            fail(in, false, "schemaId=" + frame.schemaId() + " expected=" + MessageHeaderDecoder.SCHEMA_ID);
            return;
        }
        if (connection.isOpen() && !MessageShapes.isWhole(frame.buffer(), 0, length)) {
            fail(
                    in,
                    false,
                    "template=" + frame.templateId() + " length=" + length
                            + ": its length fields lead out of it, or its header is not this version's");
            return;
        }
        connection.onFrame(frame);
    }

    /** What follows goes where the stream's receiver has said, without becoming a frame. */
    private void beginChunk(ByteBuf in, int length) {
        final String garbage = connection
                .streams()
                .inbound()
                .onChunk(StreamMessages.chunkStreamId(in), StreamMessages.chunkOffset(in), length);
        if (garbage == null) {
            in.skipBytes(StreamMessages.CHUNK_HEAD_BYTES);
        } else {
            fail(in, false, garbage);
        }
    }

    private void fail(ByteBuf in, boolean oversized, String why) {
        broken = true;
        in.skipBytes(in.readableBytes());
        connection.onBadFrame(oversized ? NetCounter.OVERSIZED_FRAMES : NetCounter.BAD_FRAMES, why);
    }
}
