/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import io.thornback.ConnectOptions;
import io.thornback.Thornback;
import io.thornback.config.Configuration;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeStarter;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node that the job runs on, and the connection to it. One that was running before is left running; one that was
 * started here is stopped, or kept if that was asked for.
 *
 * <p>A node that was started here belongs to this process until it is kept: should this process be killed, the
 * supervisor sees its control pipe end, and stops the node. On an orderly end, Ctrl-C included, {@link #close} waits
 * until it has stopped; it may be called by the main thread and a shutdown hook at once.
 */
final class JobNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobNode.class);
    private static final int START_STEPS = 5;

    private final NodeStarter starter;
    private final Thornback thornback;
    private final boolean keep;
    private final String description;
    private final Thread hook = new Thread(this::stop, "quickstart-stop");
    private boolean closed;

    private JobNode(NodeStarter starter, Thornback thornback, boolean keep, String description) {
        this.starter = starter;
        this.thornback = thornback;
        this.keep = keep;
        this.description = description;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A node inside this JVM. */
    static JobNode local() {
        return new JobNode(null, Thornback.startLocal(), false, "a node inside this JVM");
    }

    /**
     * Connects to the node of the configured directory, and starts one if none runs there.
     *
     * @throws io.thornback.node.NodeException if it cannot be started
     * @throws io.thornback.ThornbackException if it cannot be connected to
     */
    static JobNode find(Configuration configuration, boolean keep, Progress progress) {
        Path dir = configuration.node().dir();
        ConnectOptions options = ConnectOptions.defaults().withDirectory(dir).withJobName("quickstart");
        Optional<NodeFile> running = NodeFile.findRunning(dir);
        if (running.isPresent()) {
            return new JobNode(null, Thornback.connect(options), keep, "node was running");
        }
        int[] steps = {0};
        NodeStarter starter = NodeStarter.start(
                configuration,
                step -> progress.show("start", Math.min(++steps[0], START_STEPS), START_STEPS, step.name()));
        try {
            return new JobNode(starter, Thornback.connect(options), keep, "new node, " + describe(starter.node()));
        } catch (RuntimeException e) {
            starter.close();
            throw e;
        }
    }

    private static String describe(NodeFile node) {
        return (node.roles().size() + 1) + " processes";
    }

    Thornback thornback() {
        return thornback;
    }

    String description() {
        return description;
    }

    /** What {@link #close} will do, in words. */
    String after() {
        return starter == null ? "end of the job" : keep ? "node is kept" : "node and its processes";
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is shutting down, and its hook has stopped the node or waits for this", e);
        }
    }

    private synchronized void stop() {
        if (closed) {
            return;
        }
        closed = true;
        try (NodeStarter owned = starter) {
            thornback.close();
            if (owned != null && keep) {
                owned.keep();
            }
        }
    }
}
