/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import java.util.List;

/**
 * First on a port where TLS is spoken: looks at the first bytes, and makes way for TLS when they begin a handshake. A peer that
 * speaks our protocol in plain text is told so in words that it understands; anything else is cut off. What it sent is
 * looked at no further.
 */
final class ServerPortGuard extends ByteToMessageDecoder {
    /** Type of a TLS record that begins a handshake, and the major version behind it, RFC 8446, 5.1. */
    private static final int HANDSHAKE_RECORD = 22;

    private static final int MAJOR_VERSION = 3;
    private static final int NEEDED = FrameDecoder.LENGTH_BYTES + MessageHeaderDecoder.ENCODED_LENGTH;

    private final NetConnection connection;
    private boolean refused;

    ServerPortGuard(NetConnection connection) {
        this.connection = connection;
    }

    /** Whether a stream begins with a TLS handshake; two bytes tell. */
    static boolean isTls(ByteBuf in) {
        return in.getUnsignedByte(in.readerIndex()) == HANDSHAKE_RECORD
                && in.getUnsignedByte(in.readerIndex() + 1) == MAJOR_VERSION;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else if (in.readableBytes() < 2) {
            return;
        } else if (isTls(in)) {
            context.pipeline().addAfter(context.name(), null, connection.startTls());
            context.pipeline().remove(this);
        } else if (mayBePlainFrame(in)) {
            if (in.readableBytes() >= NEEDED) {
                refuse(in);
            }
        } else {
            refused = true;
            in.skipBytes(in.readableBytes());
            connection.onBadFrame(NetCounter.TLS_FAILURES, "speaks neither TLS nor this protocol");
        }
    }

    /** As far as it can be seen. */
    private boolean mayBePlainFrame(ByteBuf in) {
        if (in.readableBytes() < FrameDecoder.LENGTH_BYTES) {
            return true;
        }
        final int length = in.getIntLE(in.readerIndex());
        if (length < MessageHeaderDecoder.ENCODED_LENGTH || length > connection.frameLimit()) {
            return false;
        }
        final int schemaAt =
                in.readerIndex() + FrameDecoder.LENGTH_BYTES + MessageHeaderDecoder.schemaIdEncodingOffset();
        return in.readableBytes() < NEEDED || in.getUnsignedShortLE(schemaAt) == MessageHeaderDecoder.SCHEMA_ID;
    }

    private void refuse(ByteBuf in) {
        refused = true;
        in.skipBytes(in.readableBytes());
        connection.refuseInPlainText(
                "this cluster's connections are encrypted, and this process speaks plain text: its token is not this"
                        + " cluster's; use the one in the head's session folder");
    }
}
