/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.thornback.transport.net.NetException.Code;
import io.thornback.transport.trust.ClientTls;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.wire.NetWelcomeDecoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusedDecoder;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.SystemEpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections to servers of one cluster. Thread-safe. */
public final class NetClient {
    /** How long what was sent may stay without the other kernel's acknowledgement before the connection counts as lost. */
    private static final int UNACKNOWLEDGED_LIMIT_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(NetClient.class);

    private final NetLoop loop;
    private final NetLimits limits;
    private final PeerKind kind;
    private final JoinToken token;
    /** Null for plain text. */
    private final ClientTls tls;

    private final NetEnvironment environment;

    /**
     * A client that connects nowhere yet. Loads the JDK's TLS if the token asks for it, so not on a network thread.
     *
     * @param kind what this process is to the servers
     * @param token the cluster's: whether connections are encrypted, whom they trust, and what they show
     * @param inbox where the connections' events go
     */
    public NetClient(NetLoop loop, PeerKind kind, JoinToken token, NetLimits limits, NetInbox inbox) {
        this(loop, kind, token, PeerRole.GCS, limits, inbox);
    }

    /** The same for servers of another role. */
    public NetClient(NetLoop loop, PeerKind kind, JoinToken token, PeerRole servers, NetLimits limits, NetInbox inbox) {
        this.loop = loop;
        this.limits = limits;
        this.kind = kind;
        this.token = token;
        this.tls = token.isPlainText() ? null : new ClientTls(token.fingerprint(), servers, SystemEpochClock.INSTANCE);
        this.environment = new NetEnvironment(new NetCounters(), new PeerLog(LOG), inbox);
    }

    public NetCounters counters() {
        return environment.counters();
    }

    /**
     * Connects and says hello; one attempt. Where the kernel connects it to itself, as it may at a free port of this host's for passing use, nobody listens. Completes on the network thread when the server has welcomed this peer, or
     * exceptionally with a {@link NetException}: {@code CANNOT_CONNECT} (try again), {@code REFUSED}, {@code UNTRUSTED}
     * or {@code BAD_PEER} (do not).
     */
    public CompletableFuture<NetConnection> connect(InetSocketAddress address) {
        final CompletableFuture<NetConnection> connected = new CompletableFuture<>();
        final String peer = NetAddress.format(address);
        final SocketChannel channel = loop.newSocketChannel();
        channel.config().setConnectTimeoutMillis(limits.connectTimeoutMs());
        // Without it the kernel sends to a host that is cut off for a quarter of an hour. Ignored where epoll is
        // missing.
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_LIMIT_MS);
        final NetConnection connection = new NetConnection(loop, channel, limits, environment, peer);
        connection.install(new ClientHandshake(connected), tls, false);
        loop.eventLoop().register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                channel.unsafe().closeForcibly();
                connected.completeExceptionally(cannotConnect(peer, registered.cause()));
                return;
            }
            channel.connect(address).addListener(done -> {
                if (!done.isSuccess()) {
                    NetLoop.close(channel);
                    connected.completeExceptionally(cannotConnect(peer, done.cause()));
                } else if (channel.localAddress().equals(channel.remoteAddress())) {
                    channel.config().setSoLinger(0); // or the port stays taken for a minute
                    NetLoop.close(channel);
                    connected.completeExceptionally(cannotConnect(
                            peer, new ConnectException("Connection refused: it was connected to itself")));
                }
            });
        });
        return connected;
    }

    private static NetException cannotConnect(String peer, Throwable cause) {
        return new NetException(
                Code.CANNOT_CONNECT,
                "cannot connect to " + peer + ": " + cause.getMessage() + "; is the head node running there?",
                cause);
    }

    private final class ClientHandshake implements Handshake {
        private final CompletableFuture<NetConnection> connected;

        ClientHandshake(CompletableFuture<NetConnection> connected) {
            this.connected = connected;
        }

        @Override
        public void onConnected(NetConnection connection) {
            connection.sendHandshake(NetMessages.hello(kind, token.secret()));
        }

        @Override
        public void onTlsFailure(NetConnection connection, Throwable cause, String why) {
            if (TlsFailure.distrust(cause) != null) {
                connected.completeExceptionally(
                        new NetException(Code.UNTRUSTED, connection.peer() + " is not trusted: " + why, cause));
            } else if (TlsFailure.isPlainText(cause)) {
                connected.completeExceptionally(new NetException(
                        Code.BAD_PEER,
                        connection.peer()
                                + " speaks plain text, and this token is for encrypted connections only; is it a"
                                + " head that was started with --insecure, or no Thornback head node?",
                        cause));
            } else {
                connected.completeExceptionally(new NetException(
                        Code.BAD_PEER, connection.peer() + " " + why + "; is it a Thornback head node?", cause));
            }
        }

        @Override
        public void onFrame(NetConnection connection, NetFrame frame) {
            if (frame.templateId() == RefusedDecoder.TEMPLATE_ID) {
                final NetRefusedException refusal = NetMessages.refusal(frame);
                connected.completeExceptionally(new NetRefusedException(
                        refusal.refusal(),
                        refusal.limitValue(),
                        connection.peer() + " refused this process: " + refusal.getMessage()));
                connection.closeNow("refused");
            } else if (frame.templateId() == NetWelcomeDecoder.TEMPLATE_ID) {
                connection.open(kind);
                connected.complete(connection);
            } else {
                connection.onBadFrame(
                        NetCounter.BAD_FRAMES, "first answer is no welcome: template=" + frame.templateId());
            }
        }

        @Override
        public void onClosed(NetConnection connection, String reason) {
            connected.completeExceptionally(new NetException(
                    connection.isGarbled() ? Code.BAD_PEER : Code.CANNOT_CONNECT,
                    "no welcome from " + connection.peer() + ": " + reason + "; is it a Thornback head node?"));
        }
    }
}
