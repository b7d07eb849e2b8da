/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetFrame;
import io.thornback.transport.net.NetHandler;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetServer;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.EcKeys;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.ServerTls;
import io.thornback.transport.wire.DrainNodeDecoder;
import io.thornback.transport.wire.ProbeDecoder;
import io.thornback.transport.wire.ProbeForDecoder;
import java.security.KeyPair;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SystemEpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node listens: to whoever shows the cluster's token it says which node it is, and whether it reaches another, and takes the order to drain. It is bound before the node registers, and
 * gets its certificate from the GCS a while after that, off the way of the node's start; until then TLS cannot be agreed on, and
 * that somebody listens is all that is learnt. The certificate is replaced in the last third of its time. Works on its network thread.
 */
public final class NodePort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodePort.class);
    private static final int INBOX_CAPACITY = 256;
    private static final long FIRST_MS = 1_000;
    private static final long RETRY_MS = 5_000;
    private static final long LOOK_MS = TimeUnit.HOURS.toMillis(1);
    /** Looks at others that are under way at a time; beyond that nothing is known. */
    private static final int MOST_LOOKS = 64;

    private final NetLoop loop;
    private final String nodeId;
    /** Null in plain text. */
    private final ServerTls tls;

    private final NetInbox inbox = new NetInbox(INBOX_CAPACITY, this::drain);
    private final NetServer server;
    private final Prober prober;
    private final AtomicInteger looks = new AtomicInteger();
    /** Who takes the order to drain; null: nobody. */
    private volatile Consumer<DrainOrder> drains;
    /** Who takes all other messages; null: nobody. */
    private volatile NetHandler others;
    /** Network thread only. */
    private Credential shown;
    /** Whether it has been said that there is none; network thread only. */
    private boolean isLate;

    private volatile boolean closed;

    private NodePort(NetLoop loop, String host, int port, JoinToken token, String nodeId) {
        this.loop = loop;
        this.nodeId = nodeId;
        this.prober = new Prober(loop, token);
        this.tls = token.isPlainText() ? null : ServerTls.withoutCertificate(SystemEpochClock.INSTANCE);
        this.server = NetServer.bind(
                loop, NetAddress.resolve(host, port), new NetAccess("", token.secret(), tls), NetLimits.CONTROL, inbox);
    }

    /**
     * Listens.
     *
     * @param port 0 takes any free one
     * @param token the cluster's, as its file holds it
     * @throws io.thornback.transport.net.NetException one line, if the port is in use or the address is not this host's
     */
    public static NodePort open(NetLoop loop, String host, int port, String token, String nodeId) {
        return new NodePort(loop, host, port, JoinToken.parse(token), nodeId);
    }

    public int port() {
        return server.port();
    }

    /** Hands on the order to drain. What is called must not wait. */
    public void drainBy(Consumer<DrainOrder> taker) {
        drains = taker;
    }

    /** Hands on every message that is not this port's own, on the network thread; it closes the connection of whoever sends one that it does not know either. */
    public void serveBy(NetHandler handler) {
        others = handler;
    }

    /** Gets a certificate from the GCS, now and whenever another is due; for a node that has registered. */
    public void certifyBy(GcsClient gcs) {
        if (tls != null) {
            loop.schedule(() -> makeKey(gcs), FIRST_MS);
        }
    }

    private void makeKey(GcsClient gcs) {
        if (closed) {
            return;
        }
        // The first key of a process loads classes for longer than a network thread may be away.
        final CompletableFuture<Credential> unused = CompletableFuture.supplyAsync(EcKeys::create)
                .thenCompose(pair -> gcs.certificateFor(pair).thenApply(frame -> certificate(frame, pair)))
                .whenComplete((credential, failure) -> {
                    if (!closed) {
                        loop.schedule(() -> show(gcs, credential, failure), 0);
                    }
                })
                .exceptionally(failure -> null);
    }

    private static Credential certificate(NetFrame frame, KeyPair pair) {
        return NodeCodec.certificateIssued(frame.buffer(), pair);
    }

    private void show(GcsClient gcs, Credential credential, Throwable failure) {
        if (failure == null) {
            shown = credential;
            isLate = false;
            tls.show(credential);
            tls.warmUp();
            lookAgain(gcs);
        } else {
            if (!isLate) {
                LOG.warn("no certificate for this node's port yet, trying again: {}", failure.toString());
            }
            isLate = true;
            loop.schedule(() -> makeKey(gcs), RETRY_MS);
        }
    }

    private void lookAgain(GcsClient gcs) {
        loop.schedule(
                () -> {
                    if (shown.isFresh(Instant.now())) {
                        lookAgain(gcs);
                    } else {
                        makeKey(gcs);
                    }
                },
                LOOK_MS);
    }

    private void drain() {
        inbox.poll(this::onFrame, INBOX_CAPACITY);
    }

    private void onFrame(NetConnection from, int templateId, DirectBuffer buffer, int offset, int length) {
        if (templateId == ProbeDecoder.TEMPLATE_ID) {
            HeldAnswers.send(from, NodeCodec.probeAnswer(NodeCodec.correlationIdOfProbe(buffer, offset), nodeId));
        } else if (templateId == ProbeForDecoder.TEMPLATE_ID) {
            lookFor(from, NodeCodec.correlationIdOfProbeFor(buffer, offset), NodeCodec.probeFor(buffer, offset));
        } else if (templateId == DrainNodeDecoder.TEMPLATE_ID && drains != null) {
            final long correlationId = NodeCodec.correlationIdOfDrainNode(buffer, offset);
            drains.accept(NodeCodec.drainNode(buffer, offset));
            HeldAnswers.send(from, NodeCodec.drainNoted(correlationId));
        } else if (others != null) {
            others.onFrame(from, templateId, buffer, offset, length);
        } else {
            from.close("unexpected message, template " + templateId);
        }
    }

    private void lookFor(NetConnection asker, long correlationId, Probe other) {
        if (looks.incrementAndGet() > MOST_LOOKS) {
            looks.decrementAndGet();
            HeldAnswers.send(asker, NodeCodec.probeForAnswer(correlationId, false));
            return;
        }
        prober.look(other, (probe, outcome) -> {
            looks.decrementAndGet();
            HeldAnswers.send(asker, NodeCodec.probeForAnswer(correlationId, outcome == Probe.Outcome.THERE));
        });
    }

    /** Stops listening. */
    @Override
    public void close() {
        closed = true;
        server.close();
    }
}
