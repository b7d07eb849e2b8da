/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/** Last in the pipeline: hands the channel's events to its connection. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private final NetConnection connection;

    ConnectionHandler(NetConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.onActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // Frames do not come this way; what the decoder leaves over when it goes is released.
        if (message instanceof ByteBuf) {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                connection.onSecured();
            } else {
                connection.onTlsFailure(done.cause());
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.onInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connection.onException(cause);
    }
}
