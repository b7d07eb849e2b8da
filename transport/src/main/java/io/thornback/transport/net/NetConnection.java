/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.thornback.transport.net.NetException.Code;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.agrona.DirectBuffer;

/**
 * One TCP connection to a peer that has shown the token. Sending is thread-safe and never blocks: a message is copied
 * once, queued up to a limit, and written by the network thread.
 *
 * <p>States: {@code HANDSHAKE → OPEN → CLOSING → CLOSED}, from any of them to {@code CLOSED}. Only the network thread
 * moves it.
 */
public final class NetConnection {
    enum State {
        HANDSHAKE,
        OPEN,
        /** What is queued is still written, what arrives is dropped. */
        CLOSING,
        CLOSED
    }

    private final SocketChannel channel;
    private final NetLoop loop;
    private final NetLimits limits;
    private final NetCounters counters;
    private final PeerLog peerLog;
    private final NetInbox inbox;
    private final PendingRequests pending;
    private final OutboundFrames frames;
    private final NetStreams streams;
    /** Events that the agent's queue had no room for; while it is not empty the socket is not read. */
    private final ArrayDeque<NetInbox.Event> backlog = new ArrayDeque<>();

    /** When it was made. */
    private final long bornNs = System.nanoTime();

    private Handshake handshake;
    /** Makes this connection's TLS engine; null if it is in plain text. */
    private Supplier<SSLEngine> engines;
    /** Null in plain text, and until the peer of a server has begun TLS. */
    private SslHandler tls;

    private volatile State state = State.HANDSHAKE;
    private volatile String peer;
    private volatile Object attachment;
    private volatile PeerKind peerKind = PeerKind.NULL_VAL;
    private String closeReason;
    private boolean wasOpened;
    /** Whether what it sent was no message of ours. */
    private boolean garbled;

    NetConnection(NetLoop loop, SocketChannel channel, NetLimits limits, NetEnvironment environment, String peer) {
        this.loop = loop;
        this.channel = channel;
        this.limits = limits;
        this.counters = environment.counters();
        this.peerLog = environment.peerLog();
        this.inbox = environment.inbox();
        this.peer = peer;
        this.pending = new PendingRequests(this, loop.eventLoop(), limits.maxPendingRequests());
        this.frames = new OutboundFrames(channel, loop.allocator(), limits, counters);
        this.streams = new NetStreams(this, frames, new OutboundStreams(channel, loop, frames, limits, counters));
    }

    /**
     * Puts this connection into the channel's pipeline; before the channel is registered.
     *
     * @param newEngines makes the TLS engine; null for plain text
     * @param accepted whether the peer has connected here, and so speaks first
     */
    void install(Handshake newHandshake, Supplier<SSLEngine> newEngines, boolean accepted) {
        handshake = newHandshake;
        engines = newEngines;
        channel.config().setAllocator(loop.allocator());
        // From 2 KiB on; a chunk at a time once that much comes.
        channel.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, 2048, NetStreams.CHUNK_BYTES));
        channel.config().setTcpNoDelay(true);
        channel.config().setKeepAlive(true);
        if (engines != null) {
            channel.pipeline().addLast(accepted ? new ServerPortGuard(this) : startTls());
        }
        channel.pipeline().addLast(new FrameDecoder(this), new ConnectionHandler(this));
    }

    /** The handler of this connection's TLS, once. Its handshake is timed with the hello, not by itself. */
    SslHandler startTls() {
        tls = new SslHandler(engines.get());
        tls.setHandshakeTimeoutMillis(0);
        tls.setCloseNotifyFlushTimeoutMillis(limits.closeTimeoutMs());
        return tls;
    }

    // ---- any thread ----

    /** The peer's numeric address and port. */
    public String peer() {
        return peer;
    }

    /**
     * The numeric address of this side, without port.
     *
     * @throws NetException {@code CLOSED} if the connection has ended
     */
    public String localHost() {
        final InetSocketAddress local = channel.localAddress();
        if (local == null) {
            throw closedException();
        }
        return local.getAddress().getHostAddress();
    }

    /** What the connecting side said it is; on that side, what it is itself. */
    public PeerKind peerKind() {
        return peerKind;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** Something of the owner's, such as the node behind this connection. */
    public Object attachment() {
        return attachment;
    }

    public void attach(Object newAttachment) {
        attachment = newAttachment;
    }

    /** Bytes that were sent and that the socket has not taken yet. */
    public int outboundBytes() {
        return frames.waitingBytes();
    }

    /** Bytes of any length beside the messages. */
    public NetStreams streams() {
        return streams;
    }

    /**
     * Queues a message: an SBE header and what follows it. Does not block; the buffer is free when it returns.
     *
     * @throws IllegalArgumentException if it is longer than a frame may be
     */
    public SendResult send(DirectBuffer buffer, int offset, int length) {
        if (state != State.OPEN) {
            return SendResult.CLOSED;
        }
        if (!frames.reserve(length)) {
            return SendResult.FULL;
        }
        frames.write(frames.encode(buffer, offset, length), length);
        return SendResult.SENT;
    }

    /** As {@link #send(DirectBuffer, int, int)}, for a buffer that is exactly the message. */
    public SendResult send(DirectBuffer message) {
        return send(message, 0, message.capacity());
    }

    /**
     * Sends a request and completes with its answer, or exceptionally with a {@link NetException}: {@code TIMED_OUT},
     * {@code CLOSED}, {@code REFUSED} or {@code BACK_PRESSURE}. Completes on the network thread: do not block there.
     *
     * @param message the request; the correlation id in it is ignored and set here
     * @param timeoutNs until the answer must be here
     */
    public CompletableFuture<NetFrame> request(DirectBuffer message, long timeoutNs) {
        final CompletableFuture<NetFrame> answer = new CompletableFuture<>();
        final int length = message.capacity();
        if (length < NetMessages.CORRELATION_ID_OFFSET + Long.BYTES) {
            throw new IllegalArgumentException("a request starts with its correlation id: length=" + length);
        }
        if (state != State.OPEN) {
            answer.completeExceptionally(closedException());
        } else if (!frames.reserve(length)) {
            answer.completeExceptionally(backPressure(frames.waitingBytes() + " bytes wait to be sent"));
        } else {
            final ByteBuf frame = frames.encode(message, 0, length);
            onNetworkThread(() -> startRequest(frame, length, timeoutNs, answer), () -> {
                frames.release(frame, length);
                answer.completeExceptionally(closedException());
            });
        }
        return answer;
    }

    /** Closes once what is queued has been written, or after the limit's time; at once if already broken. */
    public void close(String reason) {
        onNetworkThread(() -> closeGracefully(reason), () -> {});
    }

    /** Waits until both sides have closed, so that what was sent has arrived; not on the network thread. False: it took longer. */
    public boolean awaitClosed(long timeoutMs) {
        return channel.closeFuture().awaitUninterruptibly(timeoutMs);
    }

    NetCounters counters() {
        return counters;
    }

    /**
     * Called by the agent's thread when its queue has room again. Always a task of its own, also from the network thread:
     * an agent that polls there may be called from within {@link #deliver}, before the event is in the backlog.
     */
    void resumeDelivery() {
        try {
            loop.eventLoop().execute(this::drainBacklog);
        } catch (RejectedExecutionException e) {
            // The loop was closed, and with it this connection; its agent is closing too.
            state = State.CLOSED;
        }
    }

    /** Runs it on the network thread, at once if that is the caller; or the other, if there is no such thread any more. */
    void onNetworkThread(Runnable task, Runnable ifStopped) {
        final EventLoop eventLoop = loop.eventLoop();
        if (eventLoop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            // The loop was closed, and with it every connection.
            ifStopped.run();
        }
    }

    NetException closedException() {
        return new NetException(Code.CLOSED, "the connection to " + peer + " has ended");
    }

    NetException backPressure(String what) {
        return new NetException(
                Code.BACK_PRESSURE, what + " for " + peer + ", which does not keep up; try again later");
    }

    // ---- network thread ----

    private void startRequest(ByteBuf frame, int length, long timeoutNs, CompletableFuture<NetFrame> answer) {
        final long correlationId = state == State.OPEN ? pending.add(timeoutNs, answer) : 0;
        if (correlationId == 0) {
            frames.release(frame, length);
            if (!answer.isDone()) {
                answer.completeExceptionally(closedException());
            }
            return;
        }
        frame.setLongLE(FrameDecoder.LENGTH_BYTES + NetMessages.CORRELATION_ID_OFFSET, correlationId);
        frames.write(frame, length);
    }

    int frameLimit() {
        return state == State.HANDSHAKE ? limits.maxHelloLength() : limits.maxFrameLength();
    }

    void onActive() {
        peer = NetAddress.format(channel.remoteAddress());
        counters.increment(NetCounter.CONNECTIONS);
        loop.schedule(this::onHelloTimeout, limits.helloTimeoutMs());
        if (engines == null) {
            handshake.onConnected(this);
        }
    }

    private void onHelloTimeout() {
        if (state == State.HANDSHAKE) {
            counters.increment(NetCounter.HELLO_TIMEOUTS);
            final boolean atTls =
                    engines != null && (tls == null || !tls.handshakeFuture().isSuccess());
            misbehaved((atTls ? "no TLS handshake" : "no hello") + " within " + limits.helloTimeoutMs() + " ms");
        }
    }

    /** TLS stands. */
    void onSecured() {
        if (state == State.HANDSHAKE) {
            handshake.onConnected(this);
        }
    }

    /** TLS could not be agreed on. Its handler sends an alert, if there is one to send, and closes the channel. */
    void onTlsFailure(Throwable cause) {
        if (state != State.HANDSHAKE || closeReason != null || TlsFailure.isLoss(cause)) {
            return;
        }
        counters.increment(NetCounter.TLS_FAILURES);
        garbled = true;
        closeReason = TlsFailure.describe(cause);
        handshake.onTlsFailure(this, cause, closeReason);
    }

    /** Whether it is in plain text, and the peer has not shown the token yet. */
    boolean awaitsPlainHello() {
        return engines == null && state == State.HANDSHAKE;
    }

    /** A peer that speaks TLS where plain text is spoken, or the other way round: says so in plain text, the one that is left. */
    void refuseInPlainText(String why) {
        counters.increment(NetCounter.TLS_FAILURES);
        peerLog.warn("refusing a peer", peer, why);
        sendHandshake(NetMessages.refused(NetMessages.NO_CORRELATION_ID, RefusalCode.AUTHENTICATION, 0, why));
        closeGracefully(why);
    }

    /** How long it has been there. */
    long ageNs() {
        return System.nanoTime() - bornNs;
    }

    /** The handshake is satisfied: frames go to the agent from now on. */
    void open(PeerKind kind) {
        peerKind = kind;
        state = State.OPEN;
        wasOpened = true;
        counters.increment(NetCounter.HELLOS);
        deliver(NetInbox.Event.opened(this));
    }

    /** Writes though the connection is not open yet; hello messages only. */
    void sendHandshake(DirectBuffer message) {
        frames.writeAlways(message);
    }

    void onFrame(NetFrame frame) {
        counters.increment(NetCounter.FRAMES_IN);
        if (state == State.HANDSHAKE) {
            if (engines != null && tls == null) {
                throw new IllegalStateException("a frame from " + peer + " has come past TLS");
            }
            handshake.onFrame(this, frame);
        } else if (state == State.OPEN && streams.onFrame(frame)) {
            return;
        } else if (state == State.OPEN && NetMessages.isAnswer(frame.templateId())) {
            if (!pending.complete(frame)) {
                counters.increment(NetCounter.LATE_ANSWERS);
            }
        } else if (state == State.OPEN) {
            deliver(NetInbox.Event.frame(this, frame));
        }
    }

    void onBadFrame(NetCounter counter, String why) {
        if (state == State.HANDSHAKE || state == State.OPEN) {
            spokeGarbage(counter, why);
        }
    }

    private void spokeGarbage(NetCounter counter, String why) {
        counters.increment(counter);
        garbled = true;
        misbehaved(why);
    }

    /** One line in the log, and the end. */
    void misbehaved(String why) {
        peerLog.warn("closing a connection", peer, why);
        closeNow(why);
    }

    private void deliver(NetInbox.Event event) {
        if (backlog.isEmpty() && inbox.offer(event)) {
            return;
        }
        if (backlog.isEmpty()) {
            counters.increment(NetCounter.INBOX_FULL);
            channel.config().setAutoRead(false);
        }
        backlog.add(event);
    }

    private void drainBacklog() {
        while (!backlog.isEmpty()) {
            if (!inbox.offer(backlog.peek())) {
                return;
            }
            backlog.poll();
        }
        channel.config().setAutoRead(true);
    }

    void closeNow(String reason) {
        closeReason = closeReason == null ? reason : closeReason;
        cut();
    }

    /** Closes the socket at once, without waiting for a last word of TLS to be written. */
    private void cut() {
        channel.unsafe().close(channel.newPromise().addListener(NetLoop::logFailure));
    }

    /**
     * Writes what is queued, then half-closes and drops what still arrives until the peer has closed too: a socket
     * closed with unread input sends a reset, and the peer would lose the last message, which may be a refusal.
     */
    void closeGracefully(String reason) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        state = State.CLOSING;
        closeReason = reason;
        pending.failAll();
        streams.endAll(reason);
        channel.config().setAutoRead(true);
        loop.schedule(this::cut, limits.closeTimeoutMs());
        final ChannelFuture written = tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
        written.addListener((ChannelFutureListener) flushed -> {
            if (flushed.isSuccess()) {
                channel.shutdownOutput().addListener(NetLoop::logFailure);
            } else {
                cut();
            }
        });
    }

    void onException(Throwable thrown) {
        final Throwable cause = TlsFailure.unwrap(thrown);
        if (cause instanceof SSLException) {
            if (closeReason == null) {
                spokeGarbage(NetCounter.TLS_FAILURES, TlsFailure.describe(cause));
            }
        } else if (cause instanceof IOException) {
            closeNow("connection lost: " + cause.getMessage());
        } else {
            spokeGarbage(NetCounter.BAD_FRAMES, "cannot be read: " + cause);
        }
    }

    void onInactive() {
        final boolean inHandshake = state == State.HANDSHAKE;
        state = State.CLOSED;
        closeReason = closeReason == null ? "closed by the peer" : closeReason;
        pending.failAll();
        streams.endAll(closeReason);
        if (inHandshake) {
            handshake.onClosed(this, closeReason);
        }
        if (wasOpened) {
            deliver(NetInbox.Event.closed(this, closeReason));
        }
    }

    /** Whether it was closed because what it sent was no message of ours. */
    boolean isGarbled() {
        return garbled;
    }

    SocketChannel channel() {
        return channel;
    }

    @Override
    public String toString() {
        return "NetConnection[peer=" + peer + " state=" + state + "]";
    }
}
