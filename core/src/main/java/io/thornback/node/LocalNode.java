/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.resources.HostResources;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node whose roles live in this JVM: for tests and a first try. The same role objects as in processes of their own, the same
 * session folders; several may live side by side. What dies with this JVM leaves shared memory behind only if the JVM was killed,
 * and the next start removes it.
 */
public final class LocalNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

    private final SessionLayout session;
    private final SessionLocks locks;
    private final NodePlan plan;
    private final List<RoleHost> started = new ArrayList<>();
    private final Map<String, Map<String, String>> facts = new LinkedHashMap<>();
    private final BlockingQueue<SupervisorEvent> events = new LinkedBlockingQueue<>();
    private final LifeCycle life = new LifeCycle("local node");
    private final Thread hook = new Thread(this::close, "local-node-shutdown");
    private volatile String failure;

    private LocalNode(SessionLayout session, SessionLocks locks, NodePlan plan) {
        this.session = session;
        this.locks = locks;
        this.plan = plan;
    }

    /**
     * Starts a node of all roles of a head, one after the other, and returns when it is ready.
     *
     * @throws NodeException if a role failed or was late; everything was undone
     */
    public static LocalNode start(Configuration configuration) {
        return start(configuration, RoleSpec.head(configuration));
    }

    static LocalNode start(Configuration configuration, List<RoleSpec> specs) {
        NodeConfig config = configuration.node();
        Sessions.requireFolder(config.dir(), "dir");
        Sessions.requireFolder(config.shmDir(), "shm-dir");
        LocalNode node;
        try {
            NodePlan plan = NodePlan.decide(configuration, NodeKind.LOCAL, HostResources.detect(config.shmDir()), 1);
            Sessions.sweep(config);
            SessionLayout session = Sessions.create(config);
            node = new LocalNode(session, SessionLocks.acquire(session), plan);
        } catch (IOException e) {
            throw new NodeException("cannot make a session in " + config.dir() + ": " + e, "", e);
        }
        try {
            Runtime.getRuntime().addShutdownHook(node.hook);
            node.startRoles(configuration, specs);
            return node;
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e instanceof NodeException known ? known : new NodeException("cannot start the node: " + e, "", e);
        }
    }

    private void startRoles(Configuration configuration, List<RoleSpec> specs) throws IOException {
        RoleInput input = new RoleInput(configuration, plan);
        input.write(session); // for the processes that the roles start
        long timeoutNs = configuration.node().startTimeout().toNanos();
        for (RoleSpec spec : specs) {
            RoleHost host = new RoleHost(spec, session, input, new ToQueue());
            started.add(host);
            host.prepare();
            host.start(factsOf(spec));
            awaitReady(spec.name(), timeoutNs);
        }
        NodeFile.of(session, plan, facts.getOrDefault(RoleSpec.GCS, Map.of()), Map.of())
                .write();
        life.moveTo(LifeCycle.State.READY);
    }

    private Map<String, String> factsOf(RoleSpec spec) {
        Map<String, String> known = new LinkedHashMap<>();
        for (String name : spec.dependencies()) {
            facts.getOrDefault(name, Map.of()).forEach((fact, value) -> known.put(name + "." + fact, value));
        }
        return known;
    }

    private void awaitReady(String role, long timeoutNs) {
        long deadlineNs = System.nanoTime() + timeoutNs;
        while (!facts.containsKey(role)) {
            SupervisorEvent event;
            try {
                event = events.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NodeException("interrupted while role " + role + " was starting", "", e);
            }
            if (event == null) {
                throw new NodeException(
                        "role " + role + " was not ready in time", "allow more with node.start-timeout");
            }
            if (event.line().verb().equals(ControlLine.FAILED)) {
                throw new NodeException(
                        "role " + event.role() + ": " + event.line().value("reason"), "");
            }
            facts.put(event.role(), event.line().values());
        }
    }

    /** Folders of its session; drivers attach by them. */
    public SessionLayout session() {
        return session;
    }

    /** What it gives to tasks and objects. */
    public NodePlan plan() {
        return plan;
    }

    /** Why a role could not go on; null while all is well. */
    public String failure() {
        return failure;
    }

    private final class ToQueue implements RoleHost.Reports {
        @Override
        public void ready(String role, Map<String, String> told) {
            events.add(SupervisorEvent.status(role, new ControlLine(ControlLine.READY, told)));
        }

        @Override
        public void failed(String role, String reason, boolean expelled) {
            failure = role + ": " + reason;
            events.add(SupervisorEvent.status(role, new ControlLine(ControlLine.FAILED, Map.of("reason", reason))));
            if (life.state() == LifeCycle.State.READY) {
                new Thread(LocalNode.this::close, "local-node-failed").start();
            }
        }
    }

    /** Stops the roles in reverse order and removes the session's shared memory. Later calls wait for the first. */
    @Override
    public synchronized void close() {
        if (life.isOver()) {
            return;
        }
        life.tryMoveTo(LifeCycle.State.DRAINING);
        long timeoutMs = 5_000;
        for (int index = started.size() - 1; index >= 0; index--) {
            started.get(index).stop(timeoutMs);
        }
        SessionProcesses.killAll(session);
        try {
            Files.deleteIfExists(session.nodeFile());
            PrivateFiles.deleteSharedMemory(session.shm());
        } catch (IOException e) {
            LOG.error("cannot remove {}; the next start of a node will", session.shm(), e);
        }
        locks.close();
        life.tryMoveTo(LifeCycle.State.STOPPED);
        if (Thread.currentThread() != hook) {
            removeHook();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is shutting down", e);
        }
    }
}
