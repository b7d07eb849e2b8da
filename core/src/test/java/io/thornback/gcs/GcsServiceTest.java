/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static io.thornback.gcs.GcsFixtures.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Service and clients over loopback. */
class GcsServiceTest {
    private static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);
    private static final String TOKEN = JoinToken.plainText(SECRET).text();
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** A heartbeat that no client has by itself. */
    private static final GcsLimits LIMITS = GcsLimits.DEFAULT.with(900, 3_000, 10_000, 1_000);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final GcsService service = start(0);

    private GcsService start(int port) {
        final GcsService started = GcsService.start(
                new GcsService.Options(HOST, port, NetAccess.plainText("cluster", SECRET), LIMITS, failure -> {}));
        toClose.add(0, started);
        return started;
    }

    private GcsClient tool() {
        return client(PeerKind.TOOL, new GcsListener() {});
    }

    private GcsClient raylet() {
        return client(PeerKind.RAYLET, new GcsListener() {});
    }

    private GcsClient client(PeerKind kind, GcsListener listener) {
        final GcsClient client =
                GcsClient.connect(new GcsClient.Options(HOST, service.port(), TOKEN, kind, PATIENCE, listener));
        toClose.add(0, client);
        return client;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    /** Asks until the state is as it should be: what one client did reaches another when the agent has done it. */
    private static ClusterSnapshot until(GcsClient client, Predicate<ClusterSnapshot> condition) {
        final long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        ClusterSnapshot state = client.clusterState(PATIENCE);
        while (!condition.test(state)) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "never came: " + state);
            state = client.clusterState(PATIENCE);
        }
        return state;
    }

    @Test
    void aNodeRegistersReportsAndIsSeenByTools() {
        final GcsClient raylet = raylet();
        raylet.registerNode(node(1));
        assertEquals(Duration.ofMillis(900), raylet.heartbeatInterval());
        assertTrue(raylet.heartbeat(load(5)));
        raylet.jobUpdate(running(7, 123));
        final ClusterSnapshot state = until(tool(), s -> s.jobs().size() == 1);
        final NodeInfo seen = state.nodes().get(0);
        assertEquals(node(1), seen.registration());
        assertEquals(load(5), seen.load());
        assertEquals(NodeState.ALIVE, seen.state());
        assertEquals(List.of(running(7, 123).on(id(1))), state.jobs());
    }

    @Test
    void anUnregisteredNodeIsDeadAtOnceAndFenced() {
        final GcsClient raylet = raylet();
        raylet.registerNode(node(1));
        raylet.unregisterNode("stopping");
        until(tool(), s -> s.count(NodeState.DEAD) == 1);
        final NetRefusedException fenced =
                assertThrows(NetRefusedException.class, () -> raylet().registerNode(node(1)));
        assertEquals(RefusalCode.NOT_ADMITTED, fenced.refusal());
        assertEquals(
                "node " + id(1) + " was declared dead; start its raylet again, under a new id", fenced.getMessage());
    }

    @Test
    void aGoodbyeArrivesThoughItsSenderClosesAtOnce() {
        final int nodes = LIMITS.maxDeadNodes();
        for (int i = 1; i <= nodes; i++) {
            try (GcsClient raylet =
                    GcsClient.connect(GcsClient.Options.raylet(HOST, service.port(), TOKEN, new GcsListener() {}))) {
                raylet.registerNode(node(i));
                raylet.unregisterNode("stopping");
            }
        }
        final ClusterSnapshot state = until(tool(), s -> s.count(NodeState.ALIVE) == 0);
        assertEquals(nodes, state.count(NodeState.DEAD));
    }

    @Test
    void aRayletWhoseConnectionFallsIsSuspectedAtOnce() throws Exception {
        final GcsClient raylet = raylet();
        raylet.registerNode(node(1));
        raylet.close();
        until(tool(), s -> s.count(NodeState.SUSPECTED) == 1);
    }

    @Test
    void aRestartedGcsLearnsEverythingFromItsNodes() throws Exception {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final GcsClient raylet = client(PeerKind.RAYLET, new GcsListener() {
            @Override
            public void onConnected() {
                events.add("connected");
            }

            @Override
            public void onDisconnected(String reason) {
                events.add("disconnected");
            }
        });
        raylet.registerNode(node(1));
        raylet.jobUpdate(running(1, 10));
        assertTrue(raylet.heartbeat(load(1)));
        assertEquals("connected", events.poll(20, TimeUnit.SECONDS));
        final int port = service.port();
        service.close();
        assertEquals("disconnected", events.poll(20, TimeUnit.SECONDS));
        assertFalse(raylet.heartbeat(load(2)));
        final long ended = System.currentTimeMillis(); // one that ended long ago would soon be forgotten
        raylet.jobUpdate(running(1, 10).endedAt(ended));
        raylet.jobUpdate(running(2, 11));
        start(port);
        assertEquals("connected", events.poll(20, TimeUnit.SECONDS));
        final ClusterSnapshot state = until(raylet, s -> s.jobs().size() == 2);
        assertEquals(load(2), state.nodes().get(0).load());
        assertEquals(
                List.of(running(1, 10).endedAt(ended).on(id(1)), running(2, 11).on(id(1))), state.jobs());
        assertEquals(2, raylet.connects());
    }

    @Test
    void aClientThatIsFencedStopsTrying() throws Exception {
        final BlockingQueue<NetRefusedException> refusals = new LinkedBlockingQueue<>();
        final GcsClient raylet = client(PeerKind.RAYLET, new GcsListener() {
            @Override
            public void onRefused(NetRefusedException refusal) {
                refusals.add(refusal);
            }
        });
        raylet.registerNode(node(1));
        final GcsClient twin = raylet();
        twin.registerNode(node(1));
        twin.unregisterNode("this id is over");
        until(tool(), s -> s.count(NodeState.DEAD) == 1);
        // The first connection's next heartbeat is of a dead node: it is closed, comes back, and is refused.
        while (refusals.isEmpty()) {
            raylet.heartbeat(load(1));
            final NetRefusedException refusal = refusals.poll(100, TimeUnit.MILLISECONDS);
            if (refusal != null) {
                assertEquals(RefusalCode.NOT_ADMITTED, refusal.refusal());
                break;
            }
        }
        assertFalse(raylet.isConnected());
    }

    @Test
    void onlyARayletMayRegister() {
        final NetRefusedException refusal = assertThrows(NetRefusedException.class, () -> tool().registerNode(node(1)));
        assertEquals("only a raylet may register a node", refusal.getMessage());
    }

    @Test
    void aWrongTokenIsRefusedAtOnce() {
        final NetException refusal = assertThrows(
                NetRefusedException.class,
                () -> GcsClient.connect(GcsClient.Options.tool(
                        HOST,
                        service.port(),
                        JoinToken.plainText("0".repeat(JoinToken.DIGITS)).text())));
        assertTrue(refusal.getMessage().contains("wrong token"), refusal.getMessage());
    }

    @Test
    void aPortInUseIsOneClearLine() {
        final NetException failure = assertThrows(NetException.class, () -> start(service.port()));
        assertEquals(NetException.Code.PORT_IN_USE, failure.code());
        assertTrue(failure.getMessage().startsWith("cannot listen on " + service.address()), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }

    @Test
    void nobodyThereIsAnErrorAfterTheLimit() {
        final int port = service.port();
        service.close();
        final NetException failure = assertThrows(
                NetException.class,
                () -> GcsClient.connect(new GcsClient.Options(
                        HOST, port, TOKEN, PeerKind.TOOL, Duration.ofMillis(300), new GcsListener() {})));
        assertEquals(NetException.Code.CANNOT_CONNECT, failure.code());
        assertTrue(failure.getMessage().contains(HOST + ":" + port), failure.getMessage());
    }

    @Test
    void garbageAtThePortDisturbsNobody() throws IOException {
        final GcsClient raylet = raylet();
        raylet.registerNode(node(1));
        for (int i = 0; i < 10; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals(0, socket.getInputStream().readAllBytes().length);
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("reset"), e.getMessage());
            }
        }
        assertEquals(1, raylet.clusterState(PATIENCE).count(NodeState.ALIVE));
    }
}
