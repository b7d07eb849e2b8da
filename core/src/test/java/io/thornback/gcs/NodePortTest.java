/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.PeerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.SystemEpochClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A GCS and a node that listens, over loopback with TLS. */
class NodePortTest {
    private static final String HOST = "127.0.0.1";
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

    private final CertificateAuthority authority = CertificateAuthority.create("ours", Instant.now());
    private final JoinToken token =
            JoinToken.encrypted(authority.fingerprint(), "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS));
    private final GcsService service = GcsService.start(new GcsService.Options(
            HOST,
            0,
            NetAccess.encrypted(
                    "ours",
                    token.secret(),
                    new ServerTls(
                            now -> authority.issue(PeerRole.GCS, now.minusSeconds(60), now.plusSeconds(3_600)),
                            SystemEpochClock.INSTANCE)),
            GcsLimits.DEFAULT,
            failure -> {},
            ClusterStore.none(),
            Optional.empty(),
            Optional.of(new NodeTrust(token, authority))));
    private final NetLoop loop = NetLoop.start("node-port-test");
    private final NodePort port = NodePort.open(loop, HOST, 0, token.text(), id(1));
    private final GcsClient node =
            GcsClient.connect(GcsClient.Options.raylet(HOST, service.port(), token.text(), new GcsListener() {}), loop);

    @AfterEach
    void close() {
        port.close();
        node.close();
        loop.close();
        service.close();
    }

    private Probe.Outcome look(Prober prober, String nodeId) {
        final CompletableFuture<Probe.Outcome> seen = new CompletableFuture<>();
        prober.look(
                new Probe(nodeId, 1, new Probe.Place(HOST, port.port()), Optional.empty()),
                (probe, outcome) -> seen.complete(outcome));
        return seen.join();
    }

    private void awaitCertificate(Prober prober) {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (look(prober, id(1)) != Probe.Outcome.THERE) {
            assertTrue(System.nanoTime() < deadlineNs, "it never got a certificate");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** As a node is asked that looks at another for somebody. */
    private boolean isThereFor(NodePort witness, String nodeId, int port) {
        final Probe probe = new Probe(nodeId, 0, new Probe.Place(HOST, port), Optional.empty());
        final NetConnection connection = new NetClient(
                        loop, PeerKind.TOOL, token, PeerRole.NODE, NetLimits.CONTROL, new NetInbox(16, () -> {}))
                .connect(NetAddress.resolve(HOST, witness.port()))
                .join();
        try {
            return NodeCodec.probeForAnswer(connection
                    .request(NodeCodec.probeFor(probe), PATIENCE_NS)
                    .join()
                    .buffer());
        } finally {
            connection.close("asked");
        }
    }

    @Test
    void aNodeLooksAtAnotherForWhoeverAsks() {
        register();
        port.certifyBy(node);
        awaitCertificate(new Prober(loop, token));
        final NodePort other = NodePort.open(loop, HOST, 0, token.text(), id(2));
        assertTrue(isThereFor(port, id(1), port.port()), "itself, as it happens");
        assertFalse(isThereFor(port, id(2), port.port()), "another is there");
        assertFalse(isThereFor(port, id(2), other.port()), "it has no certificate, and proves nothing");
        other.close();
        assertFalse(isThereFor(port, id(2), other.port()), "nobody is there");
    }

    private void register() {
        node.registerNode(new NodeRegistration(id(1), 1, HOST, "/session", 0, ResourceSet.cpus(1), port.port()));
    }

    @Test
    void aNodeIsCertifiedAnswersForItselfAloneAndIsGoneWithItsPort() {
        final Prober prober = new Prober(loop, token);
        assertEquals(Probe.Outcome.UNKNOWN, look(prober, id(1)), "without a certificate nothing is proven");
        register();
        port.certifyBy(node);
        awaitCertificate(prober);
        assertEquals(Probe.Outcome.GONE, look(prober, id(2)), "another node listens there");
        port.close();
        assertEquals(Probe.Outcome.GONE, look(prober, id(1)));
    }

    @Test
    void aNodeWhoseConnectionAndPortAreGoneIsDeadWithinASecond() {
        register();
        port.close();
        final long lostNs = System.nanoTime();
        node.close(); // no goodbye
        try (GcsClient tool = GcsClient.connect(GcsClient.Options.tool(HOST, service.port(), token.text()))) {
            while (tool.clusterState(Duration.ofSeconds(3)).nodes().get(0).state() != NodeState.DEAD) {
                assertTrue(System.nanoTime() - lostNs < PATIENCE_NS, "not dead");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
        final long tookMs = (System.nanoTime() - lostNs) / 1_000_000;
        assertTrue(tookMs < 1_000, "ms " + tookMs);
    }
}
