/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import io.thornback.gcs.ClusterSnapshot;
import io.thornback.gcs.DrainOrder;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.NodeInfo;
import io.thornback.gcs.NodeRegistration;
import io.thornback.node.NodeFile;
import io.thornback.transport.net.NetException;
import io.thornback.transport.wire.NodeState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Has another node of the cluster drain, and follows that until the cluster has seen it leave. One thread. */
final class ClusterDrain {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_MS = 250;
    private static final int SHORT_ID = 12;
    /** As long as a GCS may take that is started again. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(60);
    /** What the order, the stop after the deadline, and the news of it may take. */
    private static final long EXTRA_NS = TimeUnit.SECONDS.toNanos(30);

    private final CommandSpec spec;
    private final FolderFlags folder;
    private final PrintWriter err;
    private String lastSaid = "";

    ClusterDrain(CommandSpec spec, FolderFlags folder) {
        this.spec = spec;
        this.folder = folder;
        this.err = spec.commandLine().getErr();
    }

    /**
     * Drains; what became of it is printed. The result is the exit code.
     *
     * @param name what the node is called by
     * @param deadline as given; null: none
     * @param reason as given; null: none
     */
    int drain(String name, String deadline, String reason) {
        ConfigurationSources sources = folder.sources();
        NodeFlags.flag(sources, NodeConfig.DRAIN_TIMEOUT, deadline, "--deadline");
        Optional<Duration> limit = deadline == null
                ? Optional.empty()
                : Optional.of(sources.resolve().get(NodeConfig.DRAIN_TIMEOUT));
        DrainOrder order;
        try {
            order = new DrainOrder(limit, reason == null ? "no reason given" : reason);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return NodeView.withNode(folder, spec, own -> {
            try {
                return drain(own, name, order);
            } catch (IOException | NetException | NotFoundException e) {
                return failed(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return failed("interrupted; the node drains on");
            }
        });
    }

    private int failed(String why) {
        err.println("thornback: " + why);
        err.flush();
        return CliErrors.FAILED;
    }

    /** There is no such node, or more than one. */
    private static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFoundException(String message) {
            super(message);
        }
    }

    private int drain(NodeFile own, String name, DrainOrder order)
            throws IOException, InterruptedException, NotFoundException {
        String token = Files.readString(own.session().token()).strip();
        try (GcsClient gcs = GcsClient.connect(GcsClient.Options.tool(own.gcsHost(), own.gcsPort(), token))) {
            NodeRegistration node = find(gcs.clusterState(LIMIT), name);
            long beganNs = System.nanoTime();
            order.giveTo(node, token, LIMIT);
            return follow(gcs, own, node, order, beganNs);
        }
    }

    private static NodeRegistration find(ClusterSnapshot cluster, String name) throws NotFoundException {
        List<NodeRegistration> found = cluster.nodes().stream()
                .filter(node -> node.state() != NodeState.DEAD)
                .map(NodeInfo::registration)
                .filter(node -> node.nodeId().startsWith(name) || node.address().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new NotFoundException("no node of the cluster has an id that begins with '" + name
                    + "', or that address; 'thornback status' shows them");
        }
        if (found.size() > 1) {
            throw new NotFoundException(
                    found.size() + " nodes of the cluster are meant by '" + name + "'; give more digits of the id");
        }
        return found.get(0);
    }

    private int follow(GcsClient gcs, NodeFile own, NodeRegistration node, DrainOrder order, long beganNs)
            throws InterruptedException {
        String shortId = node.nodeId().substring(0, SHORT_ID);
        long answeredNs = beganNs;
        while (true) {
            Optional<ClusterSnapshot> cluster = state(gcs);
            long nowNs = System.nanoTime();
            answeredNs = cluster.isPresent() ? nowNs : answeredNs;
            Optional<NodeInfo> info = cluster.flatMap(snapshot -> find(snapshot, node));
            boolean wasOwn = own.nodeId().equals(node.nodeId()) && !own.isRunning();
            if (wasOwn || (cluster.isPresent() && info.isEmpty())) {
                PrintWriter out = spec.commandLine().getOut();
                out.println("node " + shortId + " has left the cluster after " + (nowNs - beganNs) / 1_000_000 + " ms");
                out.flush();
                return order.limit()
                                .filter(limit -> nowNs - beganNs >= limit.toNanos())
                                .isPresent()
                        ? CliErrors.FAILED
                        : 0;
            }
            info.ifPresent(known -> say("node " + shortId + " is " + known.state() + "; tasks that run: "
                    + known.load().runningTasks() + ", that wait: "
                    + known.load().queuedTasks()));
            if (nowNs - answeredNs > SILENCE_NS) {
                return failed("the GCS has not answered for " + TimeUnit.NANOSECONDS.toSeconds(SILENCE_NS) + " s; node "
                        + shortId + " drains on");
            }
            if (order.limit()
                    .filter(limit -> nowNs - beganNs > limit.toNanos() + EXTRA_NS)
                    .isPresent()) {
                return failed("node " + shortId + " is still there; see its logs on " + node.address());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }

    private static Optional<NodeInfo> find(ClusterSnapshot cluster, NodeRegistration node) {
        return cluster.nodes().stream()
                .filter(info -> info.registration().nodeId().equals(node.nodeId()) && info.state() != NodeState.DEAD)
                .findFirst();
    }

    /** Empty while the GCS does not answer, which may be the very node that drains, or may pass. */
    private Optional<ClusterSnapshot> state(GcsClient gcs) {
        try {
            return Optional.of(gcs.clusterState(LIMIT));
        } catch (NetException e) {
            say("the GCS does not answer: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void say(String text) {
        if (!text.equals(lastSaid)) {
            lastSaid = text;
            err.println(text);
            err.flush();
        }
    }
}
