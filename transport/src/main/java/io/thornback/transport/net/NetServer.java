/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.thornback.transport.wire.NetHelloDecoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, admits peers that know the token and speak this version, and hands their messages to an agent's inbox.
 *
 * <p>Registered with the loop directly, without Netty's bootstrap classes: they would be loaded for five calls.
 */
public final class NetServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetServer.class);
    private static final int BACKLOG = 128;
    private static final long ACCEPT_PAUSE_MS = 1_000;

    private final NetLoop loop;
    private final NetLimits limits;
    private final NetEnvironment environment;
    private final NetAccess access;
    private final byte[] secret;
    private final ServerChannel channel;
    /** Network thread only. */
    private final Set<NetConnection> connections = new HashSet<>();
    /** Those that have not shown the token yet, in the order in which they came. Network thread only. */
    private final Set<NetConnection> strangers = new LinkedHashSet<>();

    private volatile int port;

    private NetServer(NetLoop loop, NetLimits limits, NetAccess access, NetInbox inbox) {
        this.loop = loop;
        this.limits = limits;
        this.access = access;
        this.secret = NetMessages.utf8(access.secret());
        this.environment = new NetEnvironment(new NetCounters(), new PeerLog(LOG), inbox);
        this.channel = loop.newServerChannel();
    }

    /**
     * Listens on an address; port 0 takes any free one.
     *
     * @throws NetException {@code PORT_IN_USE} or {@code CANNOT_BIND}
     * @throws IllegalArgumentException if it would speak plain text where other hosts hear it
     */
    public static NetServer bind(
            NetLoop loop, InetSocketAddress address, NetAccess access, NetLimits limits, NetInbox inbox) {
        if (access.isPlainText() && !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("plain text on " + NetAddress.format(address)
                    + ", which other hosts reach; only an address of loopback may go without TLS");
        }
        final NetServer server = new NetServer(loop, limits, access, inbox);
        server.listen(address);
        return server;
    }

    private void listen(InetSocketAddress address) {
        channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setAllocator(loop.allocator());
        channel.pipeline().addLast(new Acceptor());
        final Throwable failure =
                loop.eventLoop().register(channel).awaitUninterruptibly().cause();
        final Throwable bindFailure = failure != null
                ? failure
                : channel.bind(address).awaitUninterruptibly().cause();
        if (bindFailure != null) {
            NetLoop.close(channel);
            throw BindFailure.explain(address, bindFailure);
        }
        port = ((InetSocketAddress) channel.localAddress()).getPort();
        if (!access.isPlainText()) {
            loop.schedule(access.tls()::warmUp, 0);
        }
    }

    public int port() {
        return port;
    }

    public NetCounters counters() {
        return environment.counters();
    }

    /** Stops listening, then closes every connection in good order; waits for that up to the limit. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        if (loop.eventLoop().isShuttingDown()) {
            return;
        }
        loop.eventLoop().submit(this::closeConnections).awaitUninterruptibly(limits.closeTimeoutMs());
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.closeTimeoutMs() + 500L);
        for (Channel open :
                loop.eventLoop().submit(this::channels).awaitUninterruptibly().getNow()) {
            open.closeFuture().awaitUninterruptibly(Math.max(1, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void closeConnections() {
        for (NetConnection connection : Set.copyOf(connections)) {
            connection.closeGracefully("the server stops");
        }
    }

    private Set<Channel> channels() {
        final Set<Channel> open = new HashSet<>();
        connections.forEach(connection -> open.add(connection.channel()));
        return open;
    }

    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            final SocketChannel child = (SocketChannel) message;
            if (connections.size() >= limits.maxConnections() && !dropOldestStranger()) {
                refuse(child, "limit=" + limits.maxConnections());
                return;
            }
            if (strangers.size() >= limits.maxHandshakes() && !dropOldestStranger()) {
                refuse(child, "limit=" + limits.maxHandshakes() + " of peers that have not shown the token yet");
                return;
            }
            final NetConnection connection =
                    new NetConnection(loop, child, limits, environment, NetAddress.format(child.remoteAddress()));
            connections.add(connection);
            strangers.add(connection);
            child.closeFuture().addListener(done -> {
                connections.remove(connection);
                strangers.remove(connection);
            });
            connection.install(new ServerHandshake(), access.tls(), true);
            loop.eventLoop().register(child).addListener(registered -> {
                if (!registered.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }

        private void refuse(SocketChannel child, String why) {
            counters().increment(NetCounter.OVER_LIMIT);
            environment.peerLog().warn("refusing a connection", NetAddress.format(child.remoteAddress()), why);
            // Never registered, so it is closed without a loop.
            child.unsafe().closeForcibly();
        }

        /** Who has had time to show the token and has not makes room for the next; false if there is nobody such. */
        private boolean dropOldestStranger() {
            if (strangers.isEmpty() || strangers.iterator().next().ageNs() < limits.handshakeGraceNs()) {
                return false;
            }
            final NetConnection oldest = strangers.iterator().next();
            counters().increment(NetCounter.OVER_LIMIT);
            oldest.misbehaved("no hello yet, and others wait for its place");
            connections.remove(oldest);
            strangers.remove(oldest);
            return true;
        }

        /** Out of descriptors, mostly: accepting at once again would burn the thread. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn(
                    "cannot accept connections on port {}, pausing {} ms: {}", port, ACCEPT_PAUSE_MS, cause.toString());
            channel.config().setAutoRead(false);
            loop.schedule(() -> channel.config().setAutoRead(true), ACCEPT_PAUSE_MS);
        }
    }

    private final class ServerHandshake implements Handshake {
        @Override
        public void onConnected(NetConnection connection) {
            // The peer speaks first.
        }

        @Override
        public void onFrame(NetConnection connection, NetFrame frame) {
            final NetHelloDecoder hello = NetMessages.helloIn(frame);
            if (hello == null) {
                connection.onBadFrame(
                        NetCounter.BAD_FRAMES, "first message is no hello: template=" + frame.templateId());
                return;
            }
            if (hello.schemaVersion() != NetHelloDecoder.SCHEMA_VERSION) {
                counters().increment(NetCounter.WRONG_VERSION);
                refuse(
                        connection,
                        RefusalCode.VERSION_MISMATCH,
                        "schema version " + hello.schemaVersion()
                                + " is not spoken here: this side speaks " + NetHelloDecoder.SCHEMA_VERSION
                                + "; run the same release on both sides");
                return;
            }
            final PeerKind kind = hello.kind();
            final byte[] shown = new byte[hello.tokenLength()];
            hello.getToken(shown, 0, shown.length);
            // Compared in constant time: how long it takes must not tell how much of a guess was right.
            if (!MessageDigest.isEqual(secret, shown)) {
                counters().increment(NetCounter.WRONG_TOKEN);
                refuse(
                        connection,
                        RefusalCode.AUTHENTICATION,
                        "wrong token; use the one that the head node's session holds");
                return;
            }
            strangers.remove(connection);
            connection.sendHandshake(NetMessages.welcome(access.clusterId()));
            connection.open(kind);
        }

        private void refuse(NetConnection connection, RefusalCode code, String why) {
            environment.peerLog().warn("refusing a peer", connection.peer(), why);
            connection.sendHandshake(
                    NetMessages.refused(NetMessages.NO_CORRELATION_ID, code, NetHelloDecoder.SCHEMA_VERSION, why));
            connection.closeGracefully(why);
        }

        @Override
        public void onTlsFailure(NetConnection connection, Throwable cause, String why) {
            environment.peerLog().warn("refusing a peer", connection.peer(), why);
        }

        @Override
        public void onClosed(NetConnection connection, String reason) {
            LOG.debug("peer={} left before its hello: {}", connection.peer(), reason);
        }
    }
}
