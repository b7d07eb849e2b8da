/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.LogSettings;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one role through its life and reports; used by a role's own process and by a node inside one JVM alike. The host's
 * thread calls prepare, start and stop; reports come from any thread.
 */
final class RoleHost implements RoleContext {

    /** Where a role's reports go. Called on the role's threads: hand over, do not block. */
    interface Reports {
        /** It serves. */
        void ready(String role, Map<String, String> facts);

        /** It waits for something outside this node, at most so long. */
        default void waiting(String role, String what, long limitMs) {}

        /** It was asked from outside to have the node drain, as {@link RoleContext#drain} says. */
        default void drain(String role, long limitMs, String reason) {}

        /**
         * It cannot go on. At most once.
         *
         * @param expelled because the cluster has declared the node dead
         */
        void failed(String role, String reason, boolean expelled);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RoleHost.class);

    private final String name;
    private final Role role;
    private final SessionLayout session;
    private final RoleInput input;
    private final Reports reports;
    private final LifeCycle life;
    private volatile Map<String, String> facts = Map.of();

    RoleHost(RoleSpec spec, SessionLayout session, RoleInput input, Reports reports) {
        this.name = spec.name();
        this.role = spec.create();
        this.session = session;
        this.input = input;
        this.reports = reports;
        this.life = new LifeCycle(name);
    }

    /** Lets the role prepare. A failure is reported, not thrown. */
    void prepare() {
        try {
            role.prepare(this);
        } catch (Exception | LinkageError e) {
            failed("cannot prepare: " + describe(e), e);
        }
    }

    /**
     * Lets the role start. A failure is reported, not thrown.
     *
     * @param known facts of the roles it depends on, {@code gcs.port}, and of the process in whose place it is
     */
    void start(Map<String, String> known) {
        if (life.isOver()) {
            return;
        }
        facts = Map.copyOf(known);
        try {
            role.start(this);
        } catch (Exception | LinkageError e) {
            failed("cannot start: " + describe(e), e);
        }
    }

    /** Lets the role finish what it has taken on; one that cannot has nothing to finish. */
    void drain(Runnable done) {
        try {
            role.drain(done);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} did not drain as it should", name, e);
            done.run();
        }
    }

    /** Tells the role how logs are written from now on. */
    void reload(LogSettings logs) {
        try {
            role.reload(logs);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} did not reload as it should", name, e);
        }
    }

    /** Stops the role. A failure is logged. */
    void stop(long timeoutMs) {
        end(() -> role.stop(timeoutMs));
    }

    /** The same for a process that was not told to by its node. */
    void leave(long timeoutMs) {
        end(() -> role.leave(timeoutMs));
    }

    /** How a role ends. */
    @FunctionalInterface
    private interface Ending {
        void run() throws Exception;
    }

    private void end(Ending ending) {
        life.tryMoveTo(LifeCycle.State.DRAINING);
        try {
            ending.run();
            life.tryMoveTo(LifeCycle.State.STOPPED);
        } catch (Exception | LinkageError e) {
            LOG.error("{} did not stop as it should", name, e);
            life.tryMoveTo(LifeCycle.State.FAILED);
        }
    }

    LifeCycle.State state() {
        return life.state();
    }

    private static String describe(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    @Override
    public SessionLayout session() {
        return session;
    }

    @Override
    public Configuration configuration() {
        return input.configuration();
    }

    @Override
    public NodePlan plan() {
        return input.plan();
    }

    @Override
    public String fact(String of, String fact) {
        String value = facts.get(of + "." + fact);
        if (value == null) {
            throw new IllegalStateException(
                    name + " asked for " + of + "." + fact + ", but was told only " + facts.keySet());
        }
        return value;
    }

    @Override
    public Optional<String> former(String fact) {
        return Optional.ofNullable(facts.get(name + "." + fact));
    }

    @Override
    public void ready(Map<String, String> told) {
        if (life.tryMoveTo(LifeCycle.State.READY)) {
            LOG.info("ready {}", told);
            reports.ready(name, told);
        }
    }

    @Override
    public void waiting(String what, long limitMs) {
        LOG.info("waiting for {}", what);
        reports.waiting(name, what, limitMs);
    }

    @Override
    public void drain(long limitMs, String reason) {
        LOG.info("asked to drain: {}", reason);
        reports.drain(name, limitMs, reason);
    }

    @Override
    public void expelled(String reason) {
        failed(reason, null, true);
    }

    @Override
    public void failed(String reason, Throwable cause) {
        failed(reason, cause, false);
    }

    private void failed(String reason, Throwable cause, boolean expelled) {
        if (life.state() == LifeCycle.State.DRAINING) {
            LOG.warn("failed while it was stopping: {}", reason, cause);
        } else if (life.tryMoveTo(LifeCycle.State.FAILED)) {
            LOG.error("failed: {}", reason, cause);
            reports.failed(name, reason, expelled);
        }
    }
}
