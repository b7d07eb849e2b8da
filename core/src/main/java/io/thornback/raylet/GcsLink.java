/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.config.ClusterSettings;
import io.thornback.config.HostAndPort;
import io.thornback.gcs.DrainOrder;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.GcsListener;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.gcs.NodePort;
import io.thornback.gcs.NodeRegistration;
import io.thornback.gcs.NodesListener;
import io.thornback.node.GcsAbsence;
import io.thornback.node.NodeException;
import io.thornback.node.NodeKind;
import io.thornback.node.RoleContext;
import io.thornback.objectstore.StoreCounters;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.RefusalCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the GCS over the network, this node's own or another host's. A GCS that is away for a while is no concern of the node's: the
 * client joins again by itself, and meanwhile a file says since when ({@link GcsAbsence}). A GCS that refuses the node when it comes
 * back is its end; a joined node that was declared dead begins anew as another.
 */
final class GcsLink implements ClusterLink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GcsLink.class);
    private static final String GCS = "gcs";

    private final NetLoop loop;
    private final GcsClient client;
    /** Where the node listens, if it does. */
    private final Optional<NodePort> port;

    private final String nodeId;
    private final Path shmDir;
    /** What the cluster is told. */
    private final AtomicReference<String> drainReason = new AtomicReference<>("told so on its host");

    private GcsLink(
            final NetLoop loop, final GcsClient client, final Optional<NodePort> port, final RoleContext context) {
        this.loop = loop;
        this.client = client;
        this.port = port;
        this.nodeId = context.plan().nodeId();
        this.shmDir = context.session().shm();
    }

    /**
     * Joins the cluster. Waits for the GCS: a head for its own, which is ready; another node as long as {@code cluster.join-timeout} says,
     * with reports.
     *
     * @param total what the node has to give.
     * @throws NodeException if the GCS of another host refuses or cannot be reached.
     * @throws NetException the same for its own.
     */
    static GcsLink open(final RoleContext context, final ResourceSet total) {
        final String host = context.fact(GCS, "host");
        final int port = Integer.parseInt(context.fact(GCS, "port"));
        final Listener listener = new Listener(context, new HostAndPort(host, port).toString());
        final GcsClient.Options options = GcsClient.Options.raylet(host, port, tokenOf(context), listener);
        if (context.plan().kind() != NodeKind.JOINED) {
            return register(context, total, options);
        }
        final Duration limit = context.configuration().cluster().joinTimeout();
        context.waiting("the GCS at " + listener.address, limit.toMillis());
        try {
            return register(context, total, options.within(limit));
        } catch (final NetException e) {
            throw new NodeException(
                    "cannot join the cluster at " + listener.address + ": " + e.getMessage(),
                    e.code() == NetException.Code.CANNOT_CONNECT // the one that another try may better
                            ? "it was tried for " + ClusterSettings.JOIN_TIMEOUT.key() + "=" + limit.toMillis() + "ms"
                            : "",
                    e);
        }
    }

    private static GcsLink register(
            final RoleContext context, final ResourceSet total, final GcsClient.Options options) {
        final NetLoop loop = NetLoop.start("raylet-net");
        try {
            return register(context, total, GcsClient.connect(options, loop), loop);
        } catch (final RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    private static GcsLink register(
            final RoleContext context, final ResourceSet total, final GcsClient client, final NetLoop loop) {
        Optional<NodePort> port = Optional.empty();
        try {
            port = listen(context, client, loop);
            client.registerNode(new NodeRegistration(
                    context.plan().nodeId(),
                    ProcessHandle.current().pid(),
                    context.configuration().cluster().host().orElseGet(client::localHost),
                    context.session().session().toString(),
                    context.plan().memory().arenaBytes().value(),
                    total,
                    port.map(NodePort::port).orElse(0)));
            final GcsLink link = new GcsLink(loop, client, port, context);
            port.ifPresent(open -> {
                open.drainBy(order -> link.drain(order, context));
                open.certifyBy(client);
            });
            return link;
        } catch (final RuntimeException e) {
            client.close();
            port.ifPresent(NodePort::close);
            throw e;
        }
    }

    private void drain(final DrainOrder order, final RoleContext context) {
        drainReason.set(order.reason());
        context.drain(order.limit().map(Duration::toMillis).orElse(RoleContext.NO_LIMIT), order.reason());
    }

    /** At the address of its connection; where others know it by another, at all of the host's, as far as what is said is encrypted. */
    private static Optional<NodePort> listen(final RoleContext context, final GcsClient client, final NetLoop loop) {
        if (context.plan().kind() == NodeKind.LOCAL) {
            return Optional.empty();
        }
        final ClusterSettings settings = context.configuration().cluster();
        final String token = tokenOf(context);
        final String local = client.localHost();
        final String all = local.contains(":") ? "::" : "0.0.0.0";
        final boolean atAll =
                settings.host().isPresent() && !JoinToken.parse(token).isPlainText();
        return Optional.of(NodePort.open(
                loop,
                atAll ? all : local,
                settings.port(),
                token,
                context.plan().nodeId()));
    }

    private static String tokenOf(final RoleContext context) {
        final Path file = context.session().token();
        try {
            return Files.readString(file).trim();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the cluster's token " + file, e);
        }
    }

    /** What happens to the connection. On the client's network thread. */
    private static final class Listener implements GcsListener {
        private final RoleContext context;
        private final String address;

        Listener(final RoleContext context, final String address) {
            this.context = context;
            this.address = address;
        }

        @Override
        public void onRetry(final String why, final long leftMs) {
            context.waiting("the GCS at " + address + ": " + why, leftMs);
        }

        @Override
        public void onConnected() {
            try {
                GcsAbsence.end(context.session());
            } catch (final IOException e) {
                LOG.warn("cannot say that the GCS answers again", e);
            }
        }

        @Override
        public void onDisconnected(final String reason) {
            try {
                GcsAbsence.begin(context.session(), System.currentTimeMillis(), reason);
            } catch (final IOException e) {
                LOG.warn("cannot say since when the GCS does not answer", e);
            }
        }

        @Override
        public void onRefused(final NetRefusedException refusal) {
            final String reason = "the GCS at " + address + " refuses this node: " + refusal.getMessage();
            if (refusal.refusal() == RefusalCode.NOT_ADMITTED && context.plan().kind() == NodeKind.JOINED) {
                context.expelled(reason);
            } else {
                context.failed(reason, refusal);
            }
        }
    }

    @Override
    public long heartbeatNs() {
        return client.heartbeatInterval().toNanos();
    }

    /** Has somebody told of the cluster's nodes, on the network thread. */
    void follow(final NodesListener listener) {
        client.followNodes(listener);
    }

    @Override
    public int jobBlock() {
        return client.jobBlock();
    }

    @Override
    public void heartbeat(final Load load) {
        if (load.draining()) {
            client.draining(nodeId, drainReason.get());
        }
        final StoreCounters store = StoreCounters.read(shmDir);
        client.heartbeat(new NodeLoad(
                load.workers(),
                load.idleWorkers(),
                load.running(),
                load.queued(),
                load.finished(),
                load.failed(),
                store.usedBytes(),
                store.objects(),
                load.available(),
                load.total(),
                load.demands(),
                load.labels()));
    }

    @Override
    public void jobStarted(final Job job) {
        client.jobUpdate(new JobInfo(job.id().value(), job.name(), job.driver().pid(), job.startedMs(), 0));
    }

    @Override
    public void jobEnded(final Job job, final long endedMs) {
        client.jobUpdate(new JobInfo(job.id().value(), job.name(), job.driver().pid(), job.startedMs(), endedMs));
    }

    @Override
    public void close() {
        client.unregisterNode("the node has stopped");
        client.close();
        port.ifPresent(NodePort::close);
        loop.close();
    }
}
