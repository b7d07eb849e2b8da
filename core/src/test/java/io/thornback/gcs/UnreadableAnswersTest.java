/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetServer;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.ClusterStateDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.PeerKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A GCS that answers nonsense: its clients throw what they say they throw, and go on. */
@Timeout(60)
class UnreadableAnswersTest {
    private static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final NetLoop loop = NetLoop.start("nonsense-gcs");
    private final NetInbox inbox = new NetInbox(64, this::answer);
    private final NetServer server = NetServer.bind(
            loop,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            NetAccess.plainText("cluster", SECRET),
            NetLimits.CONTROL,
            inbox);
    private final BlockingQueue<String> disconnects = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> connects = new LinkedBlockingQueue<>();
    private final GcsClient client = GcsClient.connect(new GcsClient.Options(
            "127.0.0.1",
            server.port(),
            JoinToken.plainText(SECRET).text(),
            PeerKind.RAYLET,
            PATIENCE,
            new GcsListener() {
                @Override
                public void onConnected() {
                    connects.add(true);
                }

                @Override
                public void onDisconnected(String reason) {
                    disconnects.add(reason);
                }
            }));
    private volatile LongFunction<DirectBuffer> answers = id -> GcsCodec.nodeRegistered(id, 1_000, 0);
    private volatile NetConnection last;

    private void answer() {
        inbox.poll(
                (connection, templateId, buffer, offset, length) -> {
                    last = connection;
                    connection.send(answers.apply(
                            buffer.getLong(offset + MessageHeaderDecoder.ENCODED_LENGTH, ByteOrder.LITTLE_ENDIAN)));
                },
                64);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        loop.close();
    }

    private void assertUnreadable(Runnable call) {
        final NetException e = assertThrows(NetException.class, call::run);
        assertEquals(NetException.Code.BAD_PEER, e.code());
        assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
    }

    @Test
    void aHeartbeatIntervalThatNoGcsHasIsNotTaken() {
        for (int heartbeatMs :
                new int[] {0, -1, Integer.MIN_VALUE, GcsLimits.MAX_HEARTBEAT_MS + 1, Integer.MAX_VALUE}) {
            answers = id -> GcsCodec.nodeRegistered(id, heartbeatMs, 0);
            assertUnreadable(() -> client.registerNode(node(1)));
            assertEquals(Duration.ofSeconds(1), client.heartbeatInterval());
        }
        answers = id -> GcsCodec.nodeRegistered(id, GcsLimits.MAX_HEARTBEAT_MS, 0);
        client.registerNode(node(1));
        assertEquals(Duration.ofMinutes(1), client.heartbeatInterval());
    }

    @Test
    void anAnswerToAnotherQuestionIsAnError() {
        answers = this::state;
        assertUnreadable(() -> client.registerNode(node(1)));
        answers = id -> GcsCodec.nodeRegistered(id, 1_000, 0);
        assertUnreadable(() -> client.clusterState(PATIENCE));
        answers = this::state;
        assertEquals(1, client.clusterState(PATIENCE).nodes().size());
    }

    @Test
    void aStateThatThereIsNotIsAnError() {
        final int row = MessageHeaderDecoder.ENCODED_LENGTH + ClusterStateDecoder.BLOCK_LENGTH + Integer.BYTES;
        answers = id -> {
            final UnsafeBuffer state = state(id);
            state.putByte(row + ClusterStateDecoder.NodesDecoder.stateEncodingOffset(), (byte) 77);
            return state;
        };
        assertUnreadable(() -> client.clusterState(PATIENCE));
    }

    @Test
    void aNodeThatCannotReadHowItWasRegisteredAgainTriesOnceMore() throws Exception {
        client.registerNode(node(1));
        connects.clear();
        answers = id -> GcsCodec.nodeRegistered(id, -7, 0);
        last.close("as if the network had failed");
        assertTrue(disconnects.poll(20, TimeUnit.SECONDS).contains("closed by the peer"));
        final String why = disconnects.poll(20, TimeUnit.SECONDS);
        assertTrue(why != null && why.contains("could not register"), why);
        answers = id -> GcsCodec.nodeRegistered(id, 2_000, 0);
        assertTrue(connects.poll(20, TimeUnit.SECONDS), "connected");
        assertEquals(Duration.ofSeconds(2), client.heartbeatInterval());
    }

    private UnsafeBuffer state(long correlationId) {
        final DirectBuffer state = GcsCodec.clusterState(
                correlationId,
                new ClusterSnapshot(7, List.of(new NodeInfo(node(1), NodeState.ALIVE, 5, load(1))), List.of()));
        assertEquals(id(1), node(1).nodeId());
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[state.capacity()]);
        copy.putBytes(0, state, 0, state.capacity());
        return copy;
    }
}
