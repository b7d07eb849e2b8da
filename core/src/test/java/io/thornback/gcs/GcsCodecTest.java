/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class GcsCodecTest {
    @Test
    void aNodeThatHasTheMostOfSomethingAndAllOfItFreeCanSaySo() {
        final ResourceSet most = ResourceSet.of("licences", ResourceAmount.of(ResourceAmount.MAX_WHOLE));
        final NodeLoad load = new NodeLoad(0, 0, 0, 0, 0, 0, 0, 0, most, most, List.of(), Map.of());
        final GcsCodec.HeartbeatMessage read = GcsCodec.heartbeat(GcsCodec.heartbeat(GcsFixtures.id(7), 1, load), 0);
        assertEquals(load, read.load());
        final NodeInfo node = new NodeInfo(GcsFixtures.node(7), NodeState.ALIVE, 5, load);
        final ClusterSnapshot snapshot = new ClusterSnapshot(1, List.of(node), List.of());
        assertEquals(
                load,
                GcsCodec.clusterState(GcsCodec.clusterState(1, snapshot))
                        .nodes()
                        .get(0)
                        .load());
    }

    @Test
    void messagesComeBackAsTheyWent() {
        assertEquals(GcsFixtures.node(7), GcsCodec.registerNode(GcsCodec.registerNode(GcsFixtures.node(7)), 0));
        assertEquals(
                new GcsCodec.HeartbeatMessage(GcsFixtures.id(7), 12, GcsFixtures.load(5)),
                GcsCodec.heartbeat(GcsCodec.heartbeat(GcsFixtures.id(7), 12, GcsFixtures.load(5)), 0));
        final JobInfo job = new JobInfo(3, "größer", 1, 2, 3);
        assertEquals(job, GcsCodec.jobUpdate(GcsCodec.jobUpdate(job), 0));
        assertEquals(GcsFixtures.probe(), NodeCodec.probeFor(NodeCodec.probeFor(GcsFixtures.probe()), 0));
        for (final Optional<Duration> limit :
                List.of(Optional.<Duration>empty(), Optional.of(Duration.ofSeconds(90)))) {
            final DrainOrder order = new DrainOrder(limit, "größere Platte");
            assertEquals(order, NodeCodec.drainNode(NodeCodec.drainNode(order), 0));
        }
        assertEquals(
                new NodeCodec.Draining(GcsFixtures.id(3), "why"),
                NodeCodec.nodeDraining(NodeCodec.nodeDraining(GcsFixtures.id(3), "why"), 0));
        assertTrue(NodeCodec.probeForAnswer(NodeCodec.probeForAnswer(1, true)));
        assertFalse(NodeCodec.probeForAnswer(NodeCodec.probeForAnswer(1, false)));
        final ClusterSnapshot snapshot = new ClusterSnapshot(
                42,
                List.of(
                        new NodeInfo(GcsFixtures.node(1), NodeState.ALIVE, 5, GcsFixtures.load(1)),
                        new NodeInfo(GcsFixtures.node(2), NodeState.DEAD, 99, GcsFixtures.load(0))),
                List.of(job.on(GcsFixtures.id(1)), GcsFixtures.running(4, 5).on(GcsFixtures.id(2))));
        assertEquals(snapshot, GcsCodec.clusterState(GcsCodec.clusterState(8, snapshot)));
        assertEquals(
                new ClusterSnapshot(0, List.of(), List.of()),
                GcsCodec.clusterState(GcsCodec.clusterState(8, new ClusterSnapshot(0, List.of(), List.of()))));
    }

    @Test
    void flippedAndCutMessagesAreRefusedOrReadButNeverReadOutOfBounds() {
        final DirectBuffer[] honest = {
            GcsCodec.registerNode(GcsFixtures.node(7)),
            GcsCodec.heartbeat(GcsFixtures.id(7), 12, GcsFixtures.load(5)),
            GcsCodec.jobUpdate(GcsFixtures.running(1, 2)),
            NodeCodec.probeFor(GcsFixtures.probe()),
            NodeCodec.drainNode(new DrainOrder(Optional.of(Duration.ofSeconds(1)), "because")),
            NodeCodec.nodeDraining(GcsFixtures.id(3), "because")
        };
        final Random random = new Random(20261123);
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            final DirectBuffer message = honest[i % honest.length];
            final byte[] bytes = new byte[message.capacity() - (i % 5 == 0 ? random.nextInt(20) : 0)];
            message.getBytes(0, bytes);
            bytes[8 + random.nextInt(bytes.length - 8)] ^= (byte) (1 << random.nextInt(8));
            try {
                decode(i % honest.length, new UnsafeBuffer(bytes));
            } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
                refused++;
            }
        }
        assertTrue(refused > 1_000, "refused=" + refused);
    }

    private static void decode(int kind, DirectBuffer buffer) {
        switch (kind) {
            case 0 -> GcsCodec.registerNode(buffer, 0);
            case 1 -> GcsCodec.heartbeat(buffer, 0);
            case 2 -> GcsCodec.jobUpdate(buffer, 0);
            case 3 -> NodeCodec.probeFor(buffer, 0);
            case 4 -> NodeCodec.drainNode(buffer, 0);
            default -> NodeCodec.nodeDraining(buffer, 0);
        }
    }

    @Test
    void theLargestClusterFitsAFrameWithOrdinaryNodes() {
        final List<NodeInfo> nodes = java.util.stream.IntStream.range(0, GcsLimits.DEFAULT.maxNodes() + 100)
                .mapToObj(i -> new NodeInfo(GcsFixtures.node(i), NodeState.ALIVE, 5, GcsFixtures.load(1)))
                .toList();
        final List<JobInfo> jobs = java.util.stream.IntStream.range(0, GcsLimits.DEFAULT.maxJobs())
                .mapToObj(i -> GcsFixtures.running(i, i).on(GcsFixtures.id(i)))
                .toList();
        final DirectBuffer state =
                assertDoesNotThrow(() -> GcsCodec.clusterState(1, new ClusterSnapshot(1, nodes, jobs)));
        assertTrue(state.capacity() < 1 << 20, "length=" + state.capacity());
    }
}
