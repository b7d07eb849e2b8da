/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.GcsClient;
import io.thornback.gcs.GcsListener;
import io.thornback.gcs.JobInfo;
import io.thornback.gcs.NodeLoad;
import io.thornback.gcs.NodeRegistration;
import io.thornback.node.RoleContext;
import io.thornback.objectstore.StoreCounters;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells the GCS over the network. A GCS that is away for a while is no concern of the node's: the client joins again by itself. */
final class GcsLink implements ClusterLink, AutoCloseable {
    private static final String GCS = "gcs";

    private final GcsClient client;
    private final Path shmDir;

    private GcsLink(final GcsClient client, final Path shmDir) {
        this.client = client;
        this.shmDir = shmDir;
    }

    /**
     * Joins the cluster.
     *
     * @param total what the node has to give.
     * @throws io.thornback.transport.net.NetException if the GCS refuses or cannot be reached.
     */
    static GcsLink open(final RoleContext context, final ResourceSet total) {
        final String host = context.fact(GCS, "host");
        final int port = Integer.parseInt(context.fact(GCS, "port"));
        final GcsListener listener = new GcsListener() {
            @Override
            public void onRefused(final NetRefusedException refusal) {
                context.failed("the GCS refuses this node: " + refusal.getMessage(), refusal);
            }
        };
        final GcsClient client = GcsClient.connect(GcsClient.Options.raylet(host, port, tokenOf(context), listener));
        client.registerNode(new NodeRegistration(
                context.plan().nodeId(),
                ProcessHandle.current().pid(),
                host,
                context.session().session().toString(),
                context.plan().memory().arenaBytes().value(),
                total));
        return new GcsLink(client, context.session().shm());
    }

    private static String tokenOf(final RoleContext context) {
        final Path file = context.session().token();
        try {
            return Files.readString(file).trim();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the cluster's token " + file, e);
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
