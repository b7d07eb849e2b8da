/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.MessageHeaders;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.WireTargets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What nodes and tools say to the GCS, and what it answers. */
public final class GcsTargets {
    private static final ResourceSet TOTAL = ResourceSet.cpus(4).with("gpu", ResourceAmount.of(0.5));
    private static final String NODE = "5a".repeat(28);
    private static final NodeRegistration REGISTRATION =
            new NodeRegistration(NODE, 4711, "10.0.0.1:7001", "/tmp/session-1", 1L << 30, TOTAL);
    private static final NodeLoad LOAD = new NodeLoad(
            3,
            1,
            2,
            7,
            100,
            2,
            1L << 20,
            55,
            ResourceSet.cpus(0.5),
            TOTAL,
            List.of(new NodeDemand(3, 1_500, true, "{cpu=64}", "asks for cpu=64, it has 4 in all")),
            Map.of("zone", "a", "disk", ""));
    private static final PeerNode PEER =
            new PeerNode(NODE, NodeState.ALIVE, "10.0.0.1", 7001, TOTAL, Map.of("zone", "a"));
    private static final JobInfo JOB = new JobInfo(7, "word count", 99, 1_000, 0, NODE);

    private GcsTargets() {}

    /** One for each message. */
    public static List<FuzzTarget> all() {
        final ClusterSnapshot snapshot =
                new ClusterSnapshot(7, List.of(new NodeInfo(REGISTRATION, NodeState.ALIVE, 5, LOAD)), List.of(JOB));
        return List.of(
                target("RegisterNode", GcsCodec.registerNode(REGISTRATION), in -> GcsCodec.registerNode(in, 0)),
                target("NodeRegistered", GcsCodec.nodeRegistered(1, 1_000, 7), in -> {
                    GcsCodec.heartbeatMs(in);
                    GcsCodec.jobBlock(in);
                }),
                target(
                        "NodeNews",
                        NewsCodec.news(new NewsCodec.News(4, 5, true, false, List.of(PEER))),
                        in -> NewsCodec.news(in, 0)),
                target("Heartbeat", GcsCodec.heartbeat(NODE, 9, LOAD), in -> GcsCodec.heartbeat(in, 0)),
                target("JobUpdate", GcsCodec.jobUpdate(JOB), in -> GcsCodec.jobUpdate(in, 0)),
                target("UnregisterNode", GcsCodec.unregisterNode(NODE, "done"), in -> GcsCodec.unregisterNode(in, 0)
                        .reason()),
                target("NodeDraining", NodeCodec.nodeDraining(NODE, "new disk"), in -> NodeCodec.nodeDraining(in, 0)),
                target(
                        "DrainNode",
                        NodeCodec.drainNode(new DrainOrder(Optional.of(Duration.ofSeconds(9)), "new disk")),
                        in -> NodeCodec.drainNode(in, 0)),
                target(
                        "ProbeFor",
                        NodeCodec.probeFor(new Probe(NODE, 0, new Probe.Place("10.0.0.1", 7001), Optional.empty())),
                        in -> NodeCodec.probeFor(in, 0)),
                target("ClusterState", GcsCodec.clusterState(1, snapshot), GcsCodec::clusterState),
                FuzzTarget.of(
                                "labels as text",
                                List.of("zone=a,disk=".getBytes(StandardCharsets.UTF_8)),
                                input -> LabelText.parse(new String(input, StandardCharsets.UTF_8)))
                        .failingWith(IllegalArgumentException.class)
                        .covering(LabelText.class));
    }

    private static FuzzTarget target(final String name, final DirectBuffer seed, final Consumer<DirectBuffer> reader) {
        final byte[] bytes = new byte[seed.capacity()];
        seed.getBytes(0, bytes);
        final int templateId = MessageHeaders.templateId(seed, 0);
        return FuzzTarget.of("gcs " + name, List.of(bytes), input -> {
                    final UnsafeBuffer buffer = new UnsafeBuffer(input);
                    if (WireTargets.isWhole(buffer, templateId)) {
                        reader.accept(buffer);
                    }
                })
                .failingWith(IllegalArgumentException.class, ArithmeticException.class)
                .covering(GcsCodec.class, NodeCodec.class, ResourceSet.class, ResourceAmount.class, LabelText.class);
    }
}
