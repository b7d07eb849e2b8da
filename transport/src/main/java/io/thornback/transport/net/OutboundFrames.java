/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.thornback.transport.wire.MessageHeaderDecoder;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;

/** One connection's messages on their way to the socket: each is copied once, and what waits is counted, up to a limit. Any thread. */
final class OutboundFrames {
    private final SocketChannel channel;
    private final ByteBufAllocator allocator;
    private final NetLimits limits;
    private final NetCounters counters;
    private final AtomicInteger waitingBytes = new AtomicInteger();

    OutboundFrames(SocketChannel channel, ByteBufAllocator allocator, NetLimits limits, NetCounters counters) {
        this.channel = channel;
        this.allocator = allocator;
        this.limits = limits;
        this.counters = counters;
    }

    /** Bytes that the socket has not taken yet. */
    int waitingBytes() {
        return waitingBytes.get();
    }

    /**
     * Takes room for a message; false if there is none.
     *
     * @throws IllegalArgumentException if it is longer than a frame may be
     */
    boolean reserve(int length) {
        if (length > limits.maxFrameLength() || length < MessageHeaderDecoder.ENCODED_LENGTH) {
            throw new IllegalArgumentException("message length=" + length + " is outside "
                    + MessageHeaderDecoder.ENCODED_LENGTH + " to " + limits.maxFrameLength());
        }
        final int frameLength = FrameDecoder.LENGTH_BYTES + length;
        if (waitingBytes.addAndGet(frameLength) > limits.maxOutboundBytes()) {
            waitingBytes.addAndGet(-frameLength);
            counters.increment(NetCounter.OUTBOUND_FULL);
            return false;
        }
        return true;
    }

    ByteBuf encode(DirectBuffer buffer, int offset, int length) {
        final ByteBuf frame = allocator.directBuffer(FrameDecoder.LENGTH_BYTES + length);
        frame.writeIntLE(length);
        buffer.getBytes(offset, frame.nioBuffer(FrameDecoder.LENGTH_BYTES, length), length);
        return frame.writerIndex(FrameDecoder.LENGTH_BYTES + length);
    }

    /** Writes a frame for which there is room. */
    void write(ByteBuf frame, int length) {
        counters.increment(NetCounter.FRAMES_OUT);
        channel.writeAndFlush(frame).addListener(done -> waitingBytes.addAndGet(-(FrameDecoder.LENGTH_BYTES + length)));
    }

    /** Writes whether there is room or not: for what comes once, of a connection or of a stream. */
    void writeAlways(DirectBuffer message) {
        final int length = message.capacity();
        waitingBytes.addAndGet(FrameDecoder.LENGTH_BYTES + length);
        write(encode(message, 0, length), length);
    }

    /** Gives up a frame for which there is room. */
    void release(ByteBuf frame, int length) {
        frame.release();
        waitingBytes.addAndGet(-(FrameDecoder.LENGTH_BYTES + length));
    }
}
