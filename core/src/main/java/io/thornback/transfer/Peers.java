/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.wire.PeerKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One connection to each peer that somebody uses, made when it is wanted and closed when nobody has used it for a while. Network thread only. */
final class Peers {
    private static final int INBOX_CAPACITY = 256;

    /** A connection, or the attempt at one, and who uses it. */
    static final class Link {
        private final Peer peer;
        private final CompletableFuture<NetConnection> connected;
        private int users;
        private long idleSinceNs;

        private Link(Peer peer, CompletableFuture<NetConnection> connected) {
            this.peer = peer;
            this.connected = connected;
        }

        /** Completes on any thread. */
        CompletableFuture<NetConnection> connected() {
            return connected;
        }

        private boolean isUsable() {
            return !connected.isDone()
                    || (!connected.isCompletedExceptionally()
                            && connected.join().isOpen());
        }
    }

    private final NetLoop loop;
    private final NetClient client;
    private final Executor resolving;
    private final long idleMs;
    private final NetInbox inbox = new NetInbox(INBOX_CAPACITY, this::drain);
    private final Map<Peer, Link> links = new HashMap<>();

    /** Loads the JDK's TLS, so not on the network thread. */
    Peers(NetLoop loop, JoinToken token, Executor resolving, long idleMs) {
        this.loop = loop;
        this.resolving = resolving;
        this.idleMs = idleMs;
        this.client = new NetClient(loop, PeerKind.RAYLET, token, PeerRole.NODE, NetLimits.CONTROL, inbox);
    }

    private void drain() {
        inbox.poll(
                (from, templateId, buffer, offset, length) -> from.close("unexpected message, template " + templateId),
                INBOX_CAPACITY);
    }

    /** The connection to a peer, for one user more. */
    Link acquire(Peer peer) {
        final Link known = links.get(peer);
        final Link link = known != null && known.isUsable() ? known : new Link(peer, connect(peer));
        links.put(peer, link);
        link.users++;
        return link;
    }

    private CompletableFuture<NetConnection> connect(Peer peer) {
        return CompletableFuture.supplyAsync(() -> NetAddress.resolve(peer.host(), peer.port()), resolving)
                .thenCompose(client::connect);
    }

    /** One user less. */
    void release(Link link) {
        link.users--;
        if (link.users == 0) {
            link.idleSinceNs = System.nanoTime();
            loop.schedule(() -> closeIfIdle(link), idleMs);
        }
    }

    private void closeIfIdle(Link link) {
        if (link.users == 0 && System.nanoTime() - link.idleSinceNs >= TimeUnit.MILLISECONDS.toNanos(idleMs)) {
            close(link, "nothing to fetch any more");
        }
    }

    private void close(Link link, String reason) {
        links.remove(link.peer, link);
        link.connected.thenAccept(connection -> connection.close(reason)).exceptionally(failure -> null);
    }

    /** Connections that there are, or are being made. */
    int size() {
        return links.size();
    }

    void closeAll() {
        List.copyOf(links.values()).forEach(link -> close(link, "this node stops"));
    }
}
