/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetHandler;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetMessages;
import io.thornback.transport.wire.CertificateRequestDecoder;
import io.thornback.transport.wire.ClusterStateRequestDecoder;
import io.thornback.transport.wire.FollowNodesDecoder;
import io.thornback.transport.wire.HeartbeatDecoder;
import io.thornback.transport.wire.JobUpdateDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.NodeDrainingDecoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RegisterNodeDecoder;
import io.thornback.transport.wire.UnregisterNodeDecoder;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GCS's single writer: takes messages from the network's queue, changes the tables, lets time do its work, makes durable what has
 * changed, and answers. One duty cycle handles at most {@value #BATCH} messages, with one commit for all of them; a cycle of heartbeats
 * alone has none. While the disk cannot be written, answers that acknowledge something new wait, and everything else goes on. Stepped by
 * hand in tests.
 */
final class GcsAgent implements Agent, NetHandler {
    private static final Logger LOG = LoggerFactory.getLogger(GcsAgent.class);
    private static final int BATCH = 64;
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final NetInbox inbox;
    private final ClusterTables tables;
    private final ClusterStore store;
    private final GcsLimits limits;
    private final NanoClock clock;
    private final HeldAnswers held = new HeldAnswers();
    private final Followers followers;
    /** Has the epoch, and so the numbers that this process gives to changes. */
    private final long firstCommit;

    /** What probes have seen; not more than one for each node. */
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    /** Null as long as nodes are not probed, as are the two below. */
    private Prober prober;

    private Runnable wake;
    private NodeTrust trust;

    private long nextCheckNs;

    /**
     * Not started yet.
     *
     * @param store what the tables are kept in; closed when the agent ends
     */
    GcsAgent(NetInbox inbox, ClusterTables tables, ClusterStore store, GcsLimits limits, NanoClock clock) {
        this.inbox = inbox;
        this.tables = tables;
        this.store = store;
        this.firstCommit = store.failure().isEmpty() ? 0 : store.openCommit();
        this.limits = limits;
        this.clock = clock;
        this.nextCheckNs = clock.nanoTime();
        this.followers = new Followers(tables.nodes(), store::isDurable);
        tables.watch(followers::nodeChanged);
    }

    private record Seen(Probe probe, Probe.Outcome outcome) {}

    /** Certifies nodes and probes those that are suspected; before the agent starts. */
    void probeWith(Prober newProber, NodeTrust newTrust, Runnable newWake) {
        prober = newProber;
        trust = newTrust;
        wake = newWake;
    }

    @Override
    public String roleName() {
        return "gcs";
    }

    @Override
    public int doWork() {
        int work = inbox.poll(this, BATCH);
        final long nowNs = clock.nanoTime();
        // Only with an empty queue: a heartbeat that waits there is no silence.
        if (nowNs - nextCheckNs >= 0 && work < BATCH) {
            nextCheckNs = nowNs + CHECK_INTERVAL_NS;
            work += tables.check();
        }
        work += probe();
        store.commit();
        work += followers.publish(tables.sequence(), nowNs);
        return work + held.release(store::isDurable);
    }

    private int probe() {
        if (prober == null) {
            return 0;
        }
        int work = 0;
        for (Seen next = seen.poll(); next != null; next = seen.poll()) {
            tables.probed(next.probe(), next.outcome());
            work++;
        }
        for (Probe due : tables.dueProbes()) {
            prober.look(due, (probe, outcome) -> {
                seen.add(new Seen(probe, outcome));
                wake.run();
            });
            work++;
        }
        return work;
    }

    @Override
    public void onClose() {
        store.close();
    }

    @Override
    public void onFrame(NetConnection connection, int templateId, DirectBuffer buffer, int offset, int length) {
        switch (templateId) {
            case RegisterNodeDecoder.TEMPLATE_ID -> onRegisterNode(connection, buffer, offset);
            case HeartbeatDecoder.TEMPLATE_ID -> onHeartbeat(connection, buffer, offset);
            case JobUpdateDecoder.TEMPLATE_ID -> onJobUpdate(connection, buffer, offset);
            case NodeDrainingDecoder.TEMPLATE_ID -> onNodeDraining(connection, buffer, offset);
            case UnregisterNodeDecoder.TEMPLATE_ID -> onUnregisterNode(connection, buffer, offset);
            case CertificateRequestDecoder.TEMPLATE_ID -> onCertificateRequest(connection, buffer, offset);
            case FollowNodesDecoder.TEMPLATE_ID -> followers.follow(connection);
            case ClusterStateRequestDecoder.TEMPLATE_ID -> onStateRequest(connection, buffer, offset);
            default -> {
                LOG.warn("closing a connection: peer={} sent template={}", connection.peer(), templateId);
                connection.close("unexpected message, template " + templateId);
            }
        }
    }

    @Override
    public void onClosed(NetConnection connection, String reason) {
        followers.gone(connection);
        if (connection.attachment() instanceof String nodeId) {
            tables.connectionLost(nodeId, connection, reason);
        }
    }

    private void onRegisterNode(NetConnection connection, DirectBuffer buffer, int offset) {
        final long correlationId = GcsCodec.correlationIdOfRegisterNode(buffer, offset);
        if (connection.peerKind() != PeerKind.RAYLET) {
            refuse(connection, correlationId, RefusalCode.BAD_MESSAGE, 0, "only a raylet may register a node");
            return;
        }
        final NodeRegistration node = GcsCodec.registerNode(buffer, offset);
        if (connection.attachment() instanceof String other && !other.equals(node.nodeId())) {
            refuse(connection, correlationId, RefusalCode.BAD_MESSAGE, 0, "this connection is node " + other + "'s");
            return;
        }
        final Optional<ClusterTables.Denial> denial = tables.register(node, connection);
        if (denial.isEmpty()) {
            connection.attach(node.nodeId());
            final int jobBlock = tables.jobBlockOf(node.nodeId());
            held.add(
                    connection,
                    tables.commitOf(node.nodeId()),
                    () -> GcsCodec.nodeRegistered(correlationId, limits.heartbeatMs(), jobBlock));
        } else if (denial.get() == ClusterTables.Denial.FENCED) {
            refuse(
                    connection,
                    correlationId,
                    RefusalCode.NOT_ADMITTED,
                    0,
                    "node " + node.nodeId() + " was declared dead; start its raylet again, under a new id");
        } else {
            refuse(
                    connection,
                    correlationId,
                    RefusalCode.TOO_MANY_CLIENTS,
                    limits.maxNodes(),
                    "the cluster has its " + limits.maxNodes() + " nodes; stop one first");
        }
    }

    private void onHeartbeat(NetConnection connection, DirectBuffer buffer, int offset) {
        final GcsCodec.HeartbeatMessage heartbeat = GcsCodec.heartbeat(buffer, offset);
        if (!heartbeat.nodeId().equals(connection.attachment())
                || !tables.heartbeat(heartbeat.nodeId(), heartbeat.version(), heartbeat.load())) {
            // It believes that it is registered and is not: a new connection makes it register again.
            connection.close("heartbeat of node " + heartbeat.nodeId() + ", which is not registered here");
        }
    }

    private void onJobUpdate(NetConnection connection, DirectBuffer buffer, int offset) {
        if (!(connection.attachment() instanceof String nodeId)) {
            connection.close("job update from a peer that is no registered node");
            return;
        }
        final long correlationId = GcsCodec.correlationIdOfJobUpdate(buffer, offset);
        final JobInfo job = GcsCodec.jobUpdate(buffer, offset);
        if (tables.updateJob(job, nodeId)) {
            held.add(connection, tables.commitOfJob(nodeId, job.jobId()), () -> GcsCodec.jobNoted(correlationId));
        } else {
            refuse(
                    connection,
                    correlationId,
                    RefusalCode.QUEUE_FULL,
                    limits.maxJobs(),
                    "the cluster has its " + limits.maxJobs() + " jobs that run; job " + job.jobId() + " is not shown");
        }
    }

    private void onNodeDraining(NetConnection connection, DirectBuffer buffer, int offset) {
        final NodeCodec.Draining told = NodeCodec.nodeDraining(buffer, offset);
        if (!told.nodeId().equals(connection.attachment()) || !tables.drains(told.nodeId(), told.reason())) {
            connection.close("node " + told.nodeId() + ", which is not registered here, drains");
        }
    }

    private void onUnregisterNode(NetConnection connection, DirectBuffer buffer, int offset) {
        final UnregisterNodeDecoder message = GcsCodec.unregisterNode(buffer, offset);
        final String nodeId = GcsCodec.nodeIdOf(message);
        if (nodeId.equals(connection.attachment())) {
            tables.unregister(nodeId, message.reason());
        } else {
            connection.close("only a node itself may unregister it");
        }
    }

    private void onCertificateRequest(NetConnection connection, DirectBuffer buffer, int offset) {
        final long correlationId = NodeCodec.correlationIdOfCertificateRequest(buffer, offset);
        if (trust == null || !(connection.attachment() instanceof String)) {
            refuse(connection, correlationId, RefusalCode.NOT_ADMITTED, 0, "only a registered node gets a certificate");
            return;
        }
        final X509Certificate issued = trust.certify(NodeCodec.certificateRequest(buffer, offset), Instant.now());
        HeldAnswers.send(
                connection,
                NodeCodec.certificateIssued(
                        correlationId, issued, trust.authority().certificate()));
    }

    /** Answered behind this cycle's commit, so that it shows what is durable; while the disk fails, what there is. */
    private void onStateRequest(NetConnection connection, DirectBuffer buffer, int offset) {
        final long correlationId = new ClusterStateRequestDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
        held.add(connection, firstCommit, () -> stateAnswer(correlationId));
    }

    private DirectBuffer stateAnswer(long correlationId) {
        final DirectBuffer state = GcsCodec.clusterState(correlationId, tables.snapshot());
        final int limit = NetLimits.CONTROL.maxFrameLength();
        return state.capacity() <= limit
                ? state
                : NetMessages.refused(
                        correlationId,
                        RefusalCode.TOO_LARGE,
                        limit,
                        "the cluster's state takes " + state.capacity() + " bytes, a message at most " + limit);
    }

    private static void refuse(
            NetConnection connection, long correlationId, RefusalCode code, long limitValue, String why) {
        LOG.warn("refusing a request: peer={} code={} {}", connection.peer(), code, why);
        HeldAnswers.send(connection, NetMessages.refused(correlationId, code, limitValue, why));
    }
}
