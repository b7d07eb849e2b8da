/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.transport.net.NetMessages.requireField;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.ClusterStateDecoder;
import io.thornback.transport.wire.ClusterStateEncoder;
import io.thornback.transport.wire.ClusterStateRequestEncoder;
import io.thornback.transport.wire.HeartbeatDecoder;
import io.thornback.transport.wire.HeartbeatEncoder;
import io.thornback.transport.wire.JobNotedEncoder;
import io.thornback.transport.wire.JobUpdateDecoder;
import io.thornback.transport.wire.JobUpdateEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NodeRegisteredDecoder;
import io.thornback.transport.wire.NodeRegisteredEncoder;
import io.thornback.transport.wire.RegisterNodeDecoder;
import io.thornback.transport.wire.RegisterNodeEncoder;
import io.thornback.transport.wire.UnregisterNodeDecoder;
import io.thornback.transport.wire.UnregisterNodeEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records to messages and back. Decoding checks what the records check, and throws {@link IllegalArgumentException},
 * {@link ArithmeticException} or {@link IndexOutOfBoundsException} for what no honest peer sends. Any thread; allocates:
 * these are messages by the second, not by the microsecond.
 */
final class GcsCodec {
    private static final int ID_BYTES = RegisterNodeDecoder.nodeIdLength();

    private GcsCodec() {}

    /** The message at the beginning of its buffer. */
    static DirectBuffer exactly(ExpandableArrayBuffer buffer, int encodedLength) {
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }

    private static MessageHeaderEncoder header() {
        return new MessageHeaderEncoder();
    }

    private static MessageHeaderDecoder headerIn(DirectBuffer buffer, int offset) {
        return new MessageHeaderDecoder().wrap(buffer, offset);
    }

    private static byte[] bytes(String nodeId) {
        NodeRegistration.requireNodeId(nodeId);
        return HexFormat.of().parseHex(nodeId);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    // ---- RegisterNode, NodeRegistered, UnregisterNode ----

    static DirectBuffer registerNode(NodeRegistration node) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
        final RegisterNodeEncoder encoder = new RegisterNodeEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(0).pid(node.pid()).storeBytes(node.storeBytes()).port(node.port());
        encoder.jobBlock(node.jobBlock());
        encoder.putNodeId(bytes(node.nodeId()), 0, ID_BYTES);
        final RegisterNodeEncoder.ResourcesEncoder group =
                encoder.resourcesCount(node.total().size());
        node.total()
                .forEach((name, amount) -> group.next().total(amount.units()).name(name));
        encoder.address(node.address()).sessionDir(node.sessionDir());
        return exactly(buffer, encoder.encodedLength());
    }

    static NodeRegistration registerNode(DirectBuffer buffer, int offset) {
        final RegisterNodeDecoder decoder =
                new RegisterNodeDecoder().wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset));
        final byte[] id = new byte[ID_BYTES];
        decoder.getNodeId(id, 0, ID_BYTES);
        final Map<String, ResourceAmount> total = new TreeMap<>();
        for (RegisterNodeDecoder.ResourcesDecoder resource : decoder.resources()) {
            final ResourceAmount amount = ResourceAmount.ofUnits(resource.total());
            requireField(resource.nameLength(), decoder.limit(), buffer);
            total.put(resource.name(), amount);
        }
        requireField(decoder.addressLength(), decoder.limit(), buffer);
        final String address = decoder.address();
        requireField(decoder.sessionDirLength(), decoder.limit(), buffer);
        return new NodeRegistration(
                hex(id),
                decoder.pid(),
                address,
                decoder.sessionDir(),
                decoder.storeBytes(),
                ResourceSet.copyOf(total),
                decoder.port(),
                decoder.jobBlock());
    }

    static long correlationIdOfRegisterNode(DirectBuffer buffer, int offset) {
        return new RegisterNodeDecoder()
                .wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset))
                .correlationId();
    }

    static DirectBuffer nodeRegistered(long correlationId, int heartbeatMs, int jobBlock) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final NodeRegisteredEncoder encoder = new NodeRegisteredEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(correlationId).heartbeatMs(heartbeatMs).jobBlock(jobBlock);
        return exactly(buffer, encoder.encodedLength());
    }

    static int heartbeatMs(DirectBuffer buffer) {
        final int heartbeatMs = new NodeRegisteredDecoder()
                .wrapAndApplyHeader(buffer, 0, headerIn(buffer, 0))
                .heartbeatMs();
        GcsLimits.requireHeartbeat(heartbeatMs);
        return heartbeatMs;
    }

    /** The block of job numbers that the node was given. */
    static int jobBlock(DirectBuffer buffer) {
        final int block = new NodeRegisteredDecoder()
                .wrapAndApplyHeader(buffer, 0, headerIn(buffer, 0))
                .jobBlock();
        if (block < 0 || block >= NodeRegistration.JOB_BLOCKS) {
            throw new IllegalArgumentException("jobBlock=" + block);
        }
        return block;
    }

    static DirectBuffer unregisterNode(String nodeId, String reason) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final UnregisterNodeEncoder encoder = new UnregisterNodeEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.putNodeId(bytes(nodeId), 0, ID_BYTES).reason(reason);
        return exactly(buffer, encoder.encodedLength());
    }

    /** The message's decoder, at its node id; the reason follows. */
    static UnregisterNodeDecoder unregisterNode(DirectBuffer buffer, int offset) {
        final UnregisterNodeDecoder decoder =
                new UnregisterNodeDecoder().wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset));
        requireField(decoder.reasonLength(), decoder.limit(), buffer);
        return decoder;
    }

    static String nodeIdOf(UnregisterNodeDecoder decoder) {
        final byte[] id = new byte[ID_BYTES];
        decoder.getNodeId(id, 0, ID_BYTES);
        return hex(id);
    }

    // ---- Heartbeat ----

    /** A heartbeat in parts. */
    record HeartbeatMessage(String nodeId, long version, NodeLoad load) {}

    static DirectBuffer heartbeat(String nodeId, long version, NodeLoad load) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
        final HeartbeatEncoder encoder = new HeartbeatEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.putNodeId(bytes(nodeId), 0, ID_BYTES)
                .version(version)
                .workers(load.workers())
                .idleWorkers(load.idleWorkers())
                .runningTasks(load.runningTasks())
                .queuedTasks(load.queuedTasks())
                .finishedTasks(load.finishedTasks())
                .failedTasks(load.failedTasks())
                .storeUsedBytes(load.storeUsedBytes())
                .storeObjects(load.storeObjects());
        final Set<String> names = namesOf(load);
        final HeartbeatEncoder.ResourcesEncoder group = encoder.resourcesCount(names.size());
        for (String name : names) {
            group.next()
                    .available(load.available().get(name).units())
                    .total(load.total().get(name).units())
                    .name(name);
        }
        final HeartbeatEncoder.DemandsEncoder demands =
                encoder.demandsCount(load.demands().size());
        for (NodeDemand demand : load.demands()) {
            demands.next()
                    .tasks(demand.count())
                    .oldestMs(demand.oldestMs())
                    .infeasible((short) (demand.infeasible() ? 1 : 0))
                    .request(demand.request())
                    .reason(demand.reason());
        }
        encoder.labels(LabelText.of(load.labels()));
        return exactly(buffer, encoder.encodedLength());
    }

    /** Of what there is in all, and of what is free. */
    private static Set<String> namesOf(NodeLoad load) {
        final Set<String> names = new TreeSet<>(load.total().names());
        names.addAll(load.available().names());
        return names;
    }

    static HeartbeatMessage heartbeat(DirectBuffer buffer, int offset) {
        final HeartbeatDecoder decoder =
                new HeartbeatDecoder().wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset));
        final byte[] id = new byte[ID_BYTES];
        decoder.getNodeId(id, 0, ID_BYTES);
        final Map<String, ResourceAmount> available = new TreeMap<>();
        final Map<String, ResourceAmount> total = new TreeMap<>();
        for (HeartbeatDecoder.ResourcesDecoder resource : decoder.resources()) {
            final ResourceAmount free = ResourceAmount.ofUnits(resource.available());
            final ResourceAmount inAll = ResourceAmount.ofUnits(resource.total());
            requireField(resource.nameLength(), decoder.limit(), buffer);
            final String name = resource.name();
            available.put(name, free);
            total.put(name, inAll);
        }
        final List<NodeDemand> demands = new ArrayList<>();
        for (HeartbeatDecoder.DemandsDecoder demand : decoder.demands()) {
            final int count = demand.tasks();
            final long oldestMs = demand.oldestMs();
            final boolean infeasible = demand.infeasible() != 0;
            requireField(demand.requestLength(), decoder.limit(), buffer);
            final String request = demand.request();
            requireField(demand.reasonLength(), decoder.limit(), buffer);
            demands.add(new NodeDemand(count, oldestMs, infeasible, request, demand.reason()));
        }
        requireField(decoder.labelsLength(), decoder.limit(), buffer);
        final Map<String, String> labels = LabelText.parse(decoder.labels());
        final NodeLoad load = new NodeLoad(
                decoder.workers(),
                decoder.idleWorkers(),
                decoder.runningTasks(),
                decoder.queuedTasks(),
                decoder.finishedTasks(),
                decoder.failedTasks(),
                decoder.storeUsedBytes(),
                decoder.storeObjects(),
                ResourceSet.copyOf(available),
                ResourceSet.copyOf(total),
                demands,
                labels);
        return new HeartbeatMessage(hex(id), decoder.version(), load);
    }

    // ---- JobUpdate, JobNoted ----

    static DirectBuffer jobUpdate(JobInfo job) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final JobUpdateEncoder encoder = new JobUpdateEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(0).jobId(job.jobId()).driverPid(job.driverPid()).startedMs(job.startedMs());
        encoder.endedMs(job.endedMs()).name(job.name());
        return exactly(buffer, encoder.encodedLength());
    }

    static JobInfo jobUpdate(DirectBuffer buffer, int offset) {
        final JobUpdateDecoder decoder =
                new JobUpdateDecoder().wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset));
        requireField(decoder.nameLength(), decoder.limit(), buffer);
        return new JobInfo(
                decoder.jobId(), decoder.name(), decoder.driverPid(), decoder.startedMs(), decoder.endedMs());
    }

    static long correlationIdOfJobUpdate(DirectBuffer buffer, int offset) {
        return new JobUpdateDecoder()
                .wrapAndApplyHeader(buffer, offset, headerIn(buffer, offset))
                .correlationId();
    }

    static DirectBuffer jobNoted(long correlationId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final JobNotedEncoder encoder = new JobNotedEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(correlationId);
        return exactly(buffer, encoder.encodedLength());
    }

    // ---- ClusterState ----

    static DirectBuffer clusterStateRequest() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final ClusterStateRequestEncoder encoder =
                new ClusterStateRequestEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(0);
        return exactly(buffer, encoder.encodedLength());
    }

    static DirectBuffer clusterState(long correlationId, ClusterSnapshot snapshot) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
        final ClusterStateEncoder encoder = new ClusterStateEncoder().wrapAndApplyHeader(buffer, 0, header());
        encoder.correlationId(correlationId).sequence(snapshot.sequence());
        final ClusterStateEncoder.NodesEncoder nodes =
                encoder.nodesCount(snapshot.nodes().size());
        snapshot.nodes().forEach(node -> put(nodes.next(), node));
        final ClusterStateEncoder.JobsEncoder jobs =
                encoder.jobsCount(snapshot.jobs().size());
        for (JobInfo job : snapshot.jobs()) {
            jobs.next()
                    .putNodeId(bytes(job.nodeId()), 0, ID_BYTES)
                    .jobId(job.jobId())
                    .driverPid(job.driverPid())
                    .startedMs(job.startedMs())
                    .endedMs(job.endedMs())
                    .name(job.name());
        }
        return exactly(buffer, encoder.encodedLength());
    }

    private static void put(ClusterStateEncoder.NodesEncoder row, NodeInfo node) {
        final NodeRegistration registration = node.registration();
        final NodeLoad load = node.load();
        row.putNodeId(bytes(registration.nodeId()), 0, ID_BYTES)
                .state(node.state())
                .pid(registration.pid())
                .sinceHeartbeatMs(node.sinceHeartbeatMs())
                .storeBytes(registration.storeBytes())
                .storeUsedBytes(load.storeUsedBytes())
                .storeObjects(load.storeObjects())
                .workers(load.workers())
                .idleWorkers(load.idleWorkers())
                .runningTasks(load.runningTasks())
                .queuedTasks(load.queuedTasks())
                .finishedTasks(load.finishedTasks())
                .failedTasks(load.failedTasks())
                .port(registration.port());
        final Set<String> names = namesOf(load);
        final ClusterStateEncoder.NodesEncoder.ResourcesEncoder group = row.resourcesCount(names.size());
        for (String name : names) {
            group.next()
                    .total(load.total().get(name).units())
                    .available(load.available().get(name).units())
                    .name(name);
        }
        final ClusterStateEncoder.NodesEncoder.DemandsEncoder demands =
                row.demandsCount(load.demands().size());
        for (NodeDemand demand : load.demands()) {
            demands.next()
                    .tasks(demand.count())
                    .oldestMs(demand.oldestMs())
                    .infeasible((short) (demand.infeasible() ? 1 : 0))
                    .request(demand.request())
                    .reason(demand.reason());
        }
        row.address(registration.address())
                .sessionDir(registration.sessionDir())
                .labels(LabelText.of(load.labels()));
    }

    static ClusterSnapshot clusterState(DirectBuffer buffer) {
        final ClusterStateDecoder decoder =
                new ClusterStateDecoder().wrapAndApplyHeader(buffer, 0, headerIn(buffer, 0));
        final long sequence = decoder.sequence();
        final List<NodeInfo> nodes = new ArrayList<>();
        for (ClusterStateDecoder.NodesDecoder row : decoder.nodes()) {
            nodes.add(node(row, decoder, buffer));
        }
        final List<JobInfo> jobs = new ArrayList<>();
        for (ClusterStateDecoder.JobsDecoder row : decoder.jobs()) {
            final byte[] id = new byte[ID_BYTES];
            row.getNodeId(id, 0, ID_BYTES);
            requireField(row.nameLength(), decoder.limit(), buffer);
            jobs.add(new JobInfo(row.jobId(), row.name(), row.driverPid(), row.startedMs(), row.endedMs(), hex(id)));
        }
        return new ClusterSnapshot(sequence, nodes, jobs);
    }

    private static NodeInfo node(
            ClusterStateDecoder.NodesDecoder row, ClusterStateDecoder decoder, DirectBuffer buffer) {
        final byte[] id = new byte[ID_BYTES];
        row.getNodeId(id, 0, ID_BYTES);
        final Map<String, ResourceAmount> total = new TreeMap<>();
        final Map<String, ResourceAmount> available = new TreeMap<>();
        for (ClusterStateDecoder.NodesDecoder.ResourcesDecoder resource : row.resources()) {
            final ResourceAmount inAll = ResourceAmount.ofUnits(resource.total());
            final ResourceAmount free = ResourceAmount.ofUnits(resource.available());
            requireField(resource.nameLength(), decoder.limit(), buffer);
            final String name = resource.name();
            total.put(name, inAll);
            available.put(name, free);
        }
        final List<NodeDemand> demands = new ArrayList<>();
        for (ClusterStateDecoder.NodesDecoder.DemandsDecoder demand : row.demands()) {
            final int count = demand.tasks();
            final long oldestMs = demand.oldestMs();
            final boolean infeasible = demand.infeasible() != 0;
            requireField(demand.requestLength(), decoder.limit(), buffer);
            final String request = demand.request();
            requireField(demand.reasonLength(), decoder.limit(), buffer);
            demands.add(new NodeDemand(count, oldestMs, infeasible, request, demand.reason()));
        }
        requireField(row.addressLength(), decoder.limit(), buffer);
        final String address = row.address();
        requireField(row.sessionDirLength(), decoder.limit(), buffer);
        final String sessionDir = row.sessionDir();
        requireField(row.labelsLength(), decoder.limit(), buffer);
        final Map<String, String> labels = LabelText.parse(row.labels());
        final ResourceSet inAll = ResourceSet.copyOf(total);
        final NodeLoad load = new NodeLoad(
                row.workers(),
                row.idleWorkers(),
                row.runningTasks(),
                row.queuedTasks(),
                row.finishedTasks(),
                row.failedTasks(),
                row.storeUsedBytes(),
                row.storeObjects(),
                ResourceSet.copyOf(available),
                inAll,
                demands,
                labels);
        final NodeRegistration registration =
                new NodeRegistration(hex(id), row.pid(), address, sessionDir, row.storeBytes(), inAll, row.port());
        return new NodeInfo(registration, row.state(), row.sinceHeartbeatMs(), load);
    }
}
