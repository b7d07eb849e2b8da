/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.wire.PeerKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/**
 * That a node finish what it has, and stop then.
 *
 * @param limit when what is not finished is ended; empty: never
 * @param reason for the logs, {@value #MAX_REASON} characters at most
 */
public record DrainOrder(Optional<Duration> limit, String reason) {
    /** The most characters of a reason. */
    public static final int MAX_REASON = 1024;

    private static final int INBOX_CAPACITY = 16;
    private static final long PAUSE_MS = 200;

    public DrainOrder {
        if (reason.length() > MAX_REASON) {
            throw new IllegalArgumentException(
                    "the reason is too long: " + reason.length() + " characters, limit " + MAX_REASON);
        }
        if (limit.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException("negative: limit=" + limit.get());
        }
    }

    /**
     * Gives it to a node where that listens, and waits until the node has taken it; tries again until then, because a node that has just begun shows no certificate yet. Not on a network thread.
     *
     * @param token the cluster's
     * @throws NetException if nobody listens there, or the node cannot be reached, is another, or does not answer in time
     */
    public void giveTo(NodeRegistration node, String token, Duration timeout) throws InterruptedException {
        if (node.port() == 0) {
            throw new NetException(
                    NetException.Code.CANNOT_CONNECT,
                    "node " + node.nodeId() + " listens nowhere: it is part of a program");
        }
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        try (NetLoop loop = NetLoop.start("drain-order")) {
            final NetInbox inbox = new NetInbox(INBOX_CAPACITY, () -> {});
            final NetClient client =
                    new NetClient(loop, PeerKind.TOOL, JoinToken.parse(token), PeerRole.NODE, NetLimits.CONTROL, inbox);
            NetException last = null;
            do {
                try {
                    client.connect(NetAddress.resolve(node.address(), node.port()))
                            .thenCompose(connection -> give(connection, node, timeout))
                            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                            .join();
                    return;
                } catch (CompletionException e) {
                    last = failure(node, timeout, e.getCause());
                    if (last.isPortClosed() || last.code() == NetException.Code.REFUSED) {
                        throw last;
                    }
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
                }
            } while (System.nanoTime() - deadlineNs < 0);
            throw last;
        }
    }

    private static NetException failure(NodeRegistration node, Duration timeout, Throwable cause) {
        return cause instanceof NetException known
                ? known
                : new NetException(
                        NetException.Code.TIMED_OUT,
                        "node " + node.nodeId() + " at " + Probe.Place.of(node)
                                + " has not taken the order to drain within " + timeout.toMillis() + " ms",
                        cause);
    }

    /** Asks first who is there: by now it may be another. */
    private CompletableFuture<Void> give(NetConnection connection, NodeRegistration node, Duration timeout) {
        final DirectBuffer order = NodeCodec.drainNode(this);
        return connection
                .request(NodeCodec.probe(), timeout.toNanos())
                .thenCompose(frame -> {
                    final String who = NodeCodec.probeAnswer(frame.buffer());
                    if (!who.equals(node.nodeId())) {
                        throw new NetException(
                                NetException.Code.REFUSED,
                                "at " + Probe.Place.of(node) + " listens node " + who + " by now");
                    }
                    return connection.request(order, timeout.toNanos());
                })
                .thenAccept(frame -> connection.close("the order is given"));
    }
}
