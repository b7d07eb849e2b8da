/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.config.ClusterSettings;
import io.thornback.config.HostAndPort;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.GcsListener;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.gcs.NodeRegistration;
import io.thornback.node.GcsAbsence;
import io.thornback.node.NodeException;
import io.thornback.node.NodeKind;
import io.thornback.node.RoleContext;
import io.thornback.objectstore.StoreCounters;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.wire.RefusalCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private final GcsClient client;
    private final Path shmDir;

    private GcsLink(final GcsClient client, final Path shmDir) {
        this.client = client;
        this.shmDir = shmDir;
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
        final GcsClient client = GcsClient.connect(options);
        try {
            client.registerNode(new NodeRegistration(
                    context.plan().nodeId(),
                    ProcessHandle.current().pid(),
                    context.configuration().cluster().host().orElseGet(client::localHost),
                    context.session().session().toString(),
                    context.plan().memory().arenaBytes().value(),
                    total));
            return new GcsLink(client, context.session().shm());
        } catch (final RuntimeException e) {
            client.close();
            throw e;
        }
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

    @Override
    public void heartbeat(final Load load) {
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
    }
}
