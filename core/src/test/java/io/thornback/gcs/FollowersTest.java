/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.TOTAL;
import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NetHelloEncoder;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.PeerKind;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The news of nodes, from service to clients over loopback. */
class FollowersTest {
    private static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);
    private static final String TOKEN = JoinToken.plainText(SECRET).text();
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private GcsService service = start(0);

    private GcsService start(int port) {
        return start(port, ClusterStore.none());
    }

    private GcsService start(int port, ClusterStore store) {
        final GcsService started = GcsService.start(new GcsService.Options(
                HOST,
                port,
                NetAccess.plainText("cluster", SECRET),
                GcsLimits.DEFAULT,
                failure -> {},
                store,
                Optional.empty(),
                Optional.empty()));
        toClose.add(0, started);
        return started;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    /** What a client has been told, put together. */
    private static final class Told implements NodesListener {
        private final Map<String, PeerNode> nodes = new TreeMap<>();
        private int beginnings;
        private int news;

        @Override
        public synchronized void onNodes(boolean anew, List<PeerNode> changed) {
            if (anew) {
                nodes.clear();
                beginnings++;
            }
            news++;
            for (PeerNode node : changed) {
                if (node.state() == NodeState.DEAD) {
                    nodes.remove(node.nodeId());
                } else {
                    nodes.put(node.nodeId(), node);
                }
            }
            notifyAll();
        }

        synchronized void await(Predicate<Map<String, PeerNode>> condition) throws InterruptedException {
            final long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (!condition.test(nodes)) {
                final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                assertTrue(leftMs > 0, "never came: " + nodes);
                wait(leftMs);
            }
        }

        synchronized int beginnings() {
            return beginnings;
        }

        synchronized int news() {
            return news;
        }
    }

    private GcsClient client() {
        final GcsClient client =
                GcsClient.connect(GcsClient.Options.raylet(HOST, service.port(), TOKEN, new GcsListener() {}));
        toClose.add(0, client);
        return client;
    }

    private GcsClient member(int number) {
        final GcsClient member = client();
        member.registerNode(node(number));
        return member;
    }

    private Told follower() {
        final Told told = new Told();
        client().followNodes(told);
        return told;
    }

    private static NodeLoad free(double cpus, Map<String, String> labels) {
        final NodeLoad load = load(1);
        return new NodeLoad(
                3, 1, 1, 7, 100, 2, 1L << 20, 55, ResourceSet.cpus(cpus), load.total(), load.demands(), labels);
    }

    @Test
    void whoFollowsHearsWhoIsThereAndWhoComesChangesAndGoes() throws InterruptedException {
        final GcsClient first = member(1);
        final Told told = follower();
        told.await(nodes -> nodes.containsKey(id(1)));
        final PeerNode seen = told.nodes.get(id(1));
        assertEquals(node(1).address(), seen.address());
        assertEquals(7001, seen.port());
        assertEquals(TOTAL, seen.total());
        final GcsClient second = member(2);
        told.await(nodes -> nodes.containsKey(id(2)));
        second.heartbeat(free(1, Map.of("zone", "b")));
        told.await(nodes -> nodes.get(id(2)).labels().equals(Map.of("zone", "b")));
        second.draining(id(2), "new disk");
        told.await(nodes -> nodes.get(id(2)).state() == NodeState.DRAINING);
        first.unregisterNode("stopping");
        told.await(nodes -> !nodes.containsKey(id(1)));
        assertEquals(1, told.beginnings(), "all but the first news are changes");
    }

    @Test
    void theMoreIsToldTheLongerNothingIsToldAfterIt() {
        assertEquals(0, Followers.pauseNs(1, 0));
        assertEquals(399_800_000, Followers.pauseNs(2_000, 300_000), "to 2,000, each 150 bytes");
        assertEquals(200_000_000, Followers.pauseNs(5, 20_000_000));
    }

    @Test
    void aGcsThatComesBackTellsEverythingAnew() throws Exception {
        member(1);
        final Told told = follower();
        told.await(nodes -> nodes.containsKey(id(1)));
        final int port = service.port();
        service.close();
        service = start(port);
        told.await(nodes -> told.beginnings >= 2 && nodes.containsKey(id(1)));
        member(2);
        told.await(nodes -> nodes.size() == 2);
    }

    @Test
    void manyNodesComeInSeveralMessagesAndAreToldAsOne() throws InterruptedException {
        final int count = 1_000;
        final Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            labels.put("label-" + i, "v".repeat(60));
        }
        final List<PeerNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new PeerNode(id(i), NodeState.ALIVE, "10.0.0.1", 1, TOTAL, labels));
        }
        final List<NewsCodec.News> parts = NewsCodec.news(3, 9, true, nodes).stream()
                .map(message -> NewsCodec.news(message, 0))
                .toList();
        assertTrue(parts.size() > 3, parts.size() + " messages");
        final List<PeerNode> read = new ArrayList<>();
        long last = 3;
        for (NewsCodec.News part : parts) {
            assertEquals(last, part.previous());
            assertEquals(read.isEmpty(), part.anew());
            read.addAll(part.nodes());
            assertEquals(read.size() < count, part.more());
            last = part.sequence();
        }
        assertEquals(nodes, read);
        assertEquals(9, last);
    }

    @Test
    void whoMissesNewsBeginsAnew() {
        final Told told = new Told();
        final NodeFollower follower = new NodeFollower();
        follower.follow(told);
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(0, 5, true, false, List.of(peer(1)))), 0);
        assertEquals(1, told.news());
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(5, 6, false, false, List.of(peer(2)))), 0);
        assertEquals(2, told.nodes.size());
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(7, 8, false, false, List.of(peer(3)))), 0);
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(8, 9, false, false, List.of(peer(4)))), 0);
        assertEquals(2, told.news(), "7 is missing, so nothing is known of what comes after it");
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(0, 9, true, true, List.of(peer(1), peer(2)))), 0);
        assertEquals(2, told.news(), "more is to come");
        follower.onNews(null, NewsCodec.news(new NewsCodec.News(9, 9, false, false, List.of(peer(4)))), 0);
        assertEquals(3, told.news());
        assertEquals(3, told.nodes.size());
        assertFalse(told.nodes.containsKey(id(3)));
    }

    @Test
    void whatIsNotDurableIsNotTold() throws Exception {
        final GateStore store = new GateStore();
        service = start(0, store);
        final GcsClient leaving = member(1);
        member(2);
        final Told told = follower();
        told.await(nodes -> nodes.size() == 2);
        store.full(true);
        leaving.unregisterNode("stopping");
        final Told late = follower();
        try (GcsClient tool = GcsClient.connect(GcsClient.Options.tool(HOST, service.port(), TOKEN))) {
            while (tool.clusterState(PATIENCE).count(NodeState.DEAD) == 0) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        TimeUnit.MILLISECONDS.sleep(600); // longer than the agent sleeps
        assertEquals(2, told.nodes.size(), "the next GCS would know nothing of that death");
        assertEquals(0, late.beginnings());
        store.full(false);
        told.await(nodes -> nodes.size() == 1);
        late.await(nodes -> nodes.size() == 1);
    }

    @Test
    void whoDoesNotReadBeginsAnewWhenItDoesAndHoldsNobodyUp() throws Exception {
        final List<GcsClient> members = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            members.add(member(i));
        }
        final Socket slow = new Socket();
        toClose.add(slow);
        slow.setReceiveBufferSize(64 << 10); // not as much as the kernel has
        slow.setSoTimeout((int) PATIENCE.toMillis());
        slow.connect(NetAddress.resolve(HOST, service.port()));
        final DataInputStream in = new DataInputStream(new BufferedInputStream(slow.getInputStream()));
        write(slow, hello());
        readFrame(in);
        write(slow, NewsCodec.followNodes());
        final Told told = follower();
        told.await(nodes -> nodes.size() == 50);
        final int rounds = 200; // of 70 kB: more than the sockets and the limit of a connection take
        for (int round = 1; round <= rounds; round++) {
            final Map<String, String> labels = new TreeMap<>();
            for (int i = 0; i < 20; i++) {
                labels.put("label-" + i, String.format("%060d", round));
            }
            members.forEach(member -> member.heartbeat(free(1, labels)));
            final String last = String.format("%060d", round);
            told.await(nodes -> nodes.values().stream()
                    .allMatch(node -> last.equals(node.labels().get("label-0"))));
        }
        final String last = String.format("%060d", rounds);
        final List<NewsCodec.News> read = new ArrayList<>();
        final Map<String, PeerNode> seen = new TreeMap<>();
        while (seen.size() < 50
                || !seen.values().stream()
                        .allMatch(node -> last.equals(node.labels().get("label-0")))) {
            final NewsCodec.News news = NewsCodec.news(readFrame(in), 0);
            read.add(news);
            news.nodes().forEach(node -> seen.put(node.nodeId(), node));
        }
        assertEquals(2, read.stream().filter(NewsCodec.News::anew).count());
        final int rows = read.stream().mapToInt(news -> news.nodes().size()).sum();
        assertTrue(rows < 50 * rounds, "it was told all of " + rows + " changes: nothing was dropped for it");
        assertEquals(1, told.beginnings());
    }

    private static DirectBuffer hello() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final NetHelloEncoder hello = new NetHelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        hello.schemaVersion(NetHelloEncoder.SCHEMA_VERSION)
                .kind(PeerKind.RAYLET)
                .token(SECRET);
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength());
    }

    private static void write(Socket to, DirectBuffer message) throws IOException {
        final ByteBuffer frame =
                ByteBuffer.allocate(Integer.BYTES + message.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(message.capacity());
        message.getBytes(0, frame, message.capacity());
        to.getOutputStream().write(frame.array());
    }

    private static DirectBuffer readFrame(DataInputStream in) throws IOException {
        final byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
        in.readFully(frame);
        return new UnsafeBuffer(frame);
    }

    private static PeerNode peer(int number) {
        return new PeerNode(id(number), NodeState.ALIVE, "10.0.0.1", 7001, TOTAL, Map.of());
    }
}
