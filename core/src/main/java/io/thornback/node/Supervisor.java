/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.LogSettings;
import io.thornback.logging.RoleLogging;
import io.thornback.posix.ExitStatus;
import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Starts the roles of one session of a node, watches them and stops them. One thread ({@link #run}), blocked on one queue while nothing happens;
 * {@link #requestStop} and {@link #starterGone} may be called by any thread.
 *
 * <p>The start is all or nothing: the first step that fails or is late undoes what was done before. Afterwards a role that can take over
 * what a dead one left is started again, within a budget ({@link Restarts}); the end of any other, or of one over its budget, brings the
 * node down, in order, within a second.
 *
 * <p>A node that is asked to stop drains first: its roles take no more work from outside and finish what they have, and all that is said above goes on meanwhile. The drain ends when they have
 * finished, when its time is over, or when the node is asked again.
 */
final class Supervisor {

    /** The node ran and stopped as it was told. */
    static final int EXIT_STOPPED = 0;

    /** The start failed and was undone. */
    static final int EXIT_START_FAILED = 1;

    /** A role ended by itself, and the node came down. */
    static final int EXIT_ROLE_DIED = 3;

    /** The cluster has declared the node dead, and the node came down: only a new one may take its place. */
    static final int EXIT_EXPELLED = 4;

    private static final long FAILURE_STOP_MS = 400;
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final long NODE_FILE_RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final SessionLayout session;
    private Configuration configuration;
    private final NodeRoles roles;
    private final NodePlan plan;
    private final StartReport report;
    private final BlockingQueue<SupervisorEvent> events = new LinkedBlockingQueue<>();
    private final LifeCycle life = new LifeCycle("node");
    private final RoleProcesses processes;
    private final Restarts restarts = new Restarts();
    /** It was asked to stop, and finishes what it has taken on. */
    private boolean drains;

    /** How long, from when; no limit while it does not drain. */
    private long drainLimitNs = NO_LIMIT;

    private long drainBeganNs;
    /** It could not be written since a role was started again. */
    private boolean nodeFileIsOld;

    Supervisor(SessionLayout session, Configuration configuration, NodeRoles roles, NodePlan plan, StartReport report) {
        this.session = session;
        this.configuration = configuration;
        this.roles = roles;
        this.plan = plan;
        this.report = report;
        this.processes = new RoleProcesses(session, events, roles.given());
    }

    /** Asks the node to drain within its limit and then stop; or, if it does that, to stop now. Returns at once. */
    void requestStop() {
        events.add(SupervisorEvent.of(SupervisorEvent.Kind.STOP));
    }

    /** Asks the node to stop when all that it has taken on is done, however long that takes; returns at once. */
    void requestDrain() {
        events.add(SupervisorEvent.of(SupervisorEvent.Kind.DRAIN));
    }

    /** Asks for the configuration to be read again, and for logs to be opened again; returns at once. */
    void requestReload() {
        events.add(SupervisorEvent.of(SupervisorEvent.Kind.RELOAD));
    }

    /** The starter has gone before it took the report. */
    void starterGone() {
        events.add(SupervisorEvent.of(SupervisorEvent.Kind.STARTER_GONE));
    }

    /** Ends the threads that watched and started processes; for a JVM that goes on after {@link #run}. */
    void release() {
        processes.close();
    }

    /**
     * Runs the node until it ends; the result is the exit code. Everything that was started has ended when it returns.
     *
     * @param swept dead sessions whose shared memory was removed before
     */
    int run(List<String> swept) throws InterruptedException {
        try {
            start(swept);
        } catch (IOException | RuntimeException e) {
            String reason = e instanceof NodeException ? e.getMessage() : "cannot start the node: " + e;
            return fail("start", reason, failedRole(), EXIT_START_FAILED);
        }
        return serve();
    }

    private void start(List<String> swept) throws IOException, InterruptedException {
        new RoleInput(configuration, plan).write(session);
        roles.specs().forEach(processes::spawn);
        report.step("spawned");
        NodeLog.log().info("session {} shm {}", session.session(), session.shm());
        swept.forEach(name -> NodeLog.log().info("removed the shared memory of the dead session {}", name));
        configuration.describe().forEach(line -> NodeLog.log().info("setting {}", line));
        NodeLog.log().info("plan {}", plan.memory().describe());
        long timeoutNs = configuration.node().startTimeout().toNanos();
        processes.goWhereReady();
        while (!processes.allReady()) {
            SupervisorEvent event = events.poll(remainingNs(timeoutNs), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw late(timeoutNs);
            }
            onStartEvent(event);
            processes.goWhereReady();
        }
        writeNodeFile();
        Sessions.linkLatest(session);
        life.moveTo(LifeCycle.State.READY);
        NodeLog.log().info("node {} ready in {} ms", plan.nodeId(), report.elapsedMs());
        report.ready(session);
    }

    private void writeNodeFile() throws IOException {
        Map<String, ProcessIdentity> identities = new LinkedHashMap<>();
        processes.all().forEach(role -> identities.put(role.name(), role.identity()));
        RoleProcess gcs = processes.get(RoleSpec.GCS);
        Map<String, String> facts = gcs == null ? roles.givenOf(RoleSpec.GCS) : gcs.facts();
        NodeFile.of(session, plan, facts, identities).write();
    }

    /** Time until the first role that was told to go must be ready; one that waits for others has no deadline yet. */
    private long remainingNs(long timeoutNs) {
        long now = System.nanoTime();
        return processes.all().stream()
                .filter(role -> role.told() && role.life().state() == LifeCycle.State.STARTING)
                .mapToLong(role -> role.deadlineNs(timeoutNs) - now)
                .min()
                .orElse(timeoutNs);
    }

    private NodeException late(long timeoutNs) {
        RoleProcess role = failedRole();
        return new NodeException(
                "step " + role.name() + ": not ready within " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms",
                "see " + session.log(role.name()) + ", or allow more with node.start-timeout");
    }

    /** The role that failed, else the first that was told to go and is not ready; null if it is no role's fault. */
    private RoleProcess failedRole() {
        return processes.all().stream()
                .filter(role -> role.life().state() == LifeCycle.State.FAILED)
                .findFirst()
                .or(() -> processes.all().stream()
                        .filter(role -> role.told() && role.life().state() == LifeCycle.State.STARTING)
                        .findFirst())
                .orElse(null);
    }

    private void onStartEvent(SupervisorEvent event) throws InterruptedException {
        switch (event.kind()) {
            case STATUS -> {
                RoleProcess role = processes.get(event.role());
                onStatus(role, event.line());
                if (event.line().verb().equals(ControlLine.WAITING)) {
                    report.waiting(role.name(), event.line().value("for"));
                } else if (role.life().state() == LifeCycle.State.READY) {
                    report.step(role.name());
                } else if (role.life().state() == LifeCycle.State.FAILED) {
                    throw new NodeException(
                            "step " + role.name() + ": " + role.reason(), "see " + session.log(role.name()));
                }
            }
            case EXITED -> {
                RoleProcess role = processes.get(event.role());
                throw new NodeException(
                        "step " + role.name() + ": its process ended (" + ended(role) + ")",
                        "see " + session.out(role.name()));
            }
            case RELOAD -> NodeLog.log().info("a reload is for a node that is ready; not done");
            case STOP, DRAIN -> throw new NodeException("the start was interrupted by a signal", "");
            case STARTER_GONE -> throw new NodeException("whoever started the node went away", "");
            case BROKEN -> throw new NodeException("the supervisor itself failed", "see " + session.log("supervisor"));
        }
    }

    private static void onStatus(RoleProcess role, ControlLine line) {
        switch (line.verb()) {
            case ControlLine.READY -> role.onReady(line.values());
            case ControlLine.FAILED -> role.onFailed(line.value("reason"));
            case ControlLine.WAITING ->
                role.onWaiting(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line.value("limitMs"))));
            case ControlLine.DRAINED -> role.onDrained();
            case ControlLine.DRAIN_NODE -> NodeLog.log().info("a drain is for a node that is ready; not done");
            case ControlLine.STOPPED -> NodeLog.log().debug("{} says that it has stopped", role.name());
            default -> role.onFailed("it said what is not understood: " + line.verb());
        }
    }

    private String ended(RoleProcess role) throws InterruptedException {
        ExitStatus status = processes.reap(role);
        return role.reason().isEmpty() ? status.describe() : status.describe() + ": " + role.reason();
    }

    /** The node is ready; nothing happens until a role ends or somebody asks to stop. */
    private int serve() throws InterruptedException {
        while (true) {
            SupervisorEvent event = events.poll(Math.max(0, nextNs()), TimeUnit.NANOSECONDS);
            OptionalInt end = event == null ? onTime() : onEvent(event);
            if (end.isPresent()) {
                return end.getAsInt();
            }
            if (drains && isDrained()) {
                stop(configuration.node().stopTimeout().toMillis());
                return EXIT_STOPPED;
            }
        }
    }

    /** Time until something is to be done without an event; for ever if that is {@link Restarts#NOTHING_DUE}. */
    private long nextNs() {
        long nextNs = Math.min(restarts.nextNs(System.nanoTime()), drainLeftNs());
        return nodeFileIsOld ? Math.min(nextNs, NODE_FILE_RETRY_NS) : nextNs;
    }

    /** What a running node does about an event; a value ends it. */
    private OptionalInt onEvent(SupervisorEvent event) throws InterruptedException {
        switch (event.kind()) {
            case STATUS -> {
                if (isLate(event)) {
                    NodeLog.log().debug("{} had said {} before it ended", event.role(), event.line());
                    return OptionalInt.empty();
                }
                if (event.line().verb().equals(ControlLine.DRAIN_NODE)) {
                    drainAsToldBy(event.line());
                    return OptionalInt.empty();
                }
                RoleProcess role = processes.get(event.role());
                onStatus(role, event.line());
                if (role.life().state() == LifeCycle.State.FAILED) {
                    return OptionalInt.of(fail("run", role.name() + " failed: " + role.reason(), role, exitCode(role)));
                }
                if (restarts.isUnderWay(role.name()) && role.life().state() == LifeCycle.State.READY) {
                    restarted(role);
                }
                return OptionalInt.empty();
            }
            case EXITED -> {
                return onExit(processes.get(event.role()));
            }
            case RELOAD -> {
                reload();
                return OptionalInt.empty();
            }
            case DRAIN -> {
                drain(NO_LIMIT, "a signal");
                return OptionalInt.empty();
            }
            case STOP -> {
                if (drainLimitNs == NO_LIMIT) {
                    drain(configuration.node().drainTimeout().toNanos(), "a signal");
                    return OptionalInt.empty();
                }
                NodeLog.log().info("stopping now, as asked by another signal");
            }
            case STARTER_GONE ->
                NodeLog.log().info("stopping: whoever started the node, and did not let go of it, is gone");
            case BROKEN -> {
                return OptionalInt.of(fail("run", "the supervisor itself failed", null, EXIT_ROLE_DIED));
            }
        }
        stop(configuration.node().stopTimeout().toMillis());
        return OptionalInt.of(EXIT_STOPPED);
    }

    /** Whether the end of the process that said this has overtaken its words; that it cannot go on was known with its end ({@link RoleProcess#saidFailed}). */
    private boolean isLate(SupervisorEvent event) {
        return event.process().exited() || event.process() != processes.get(event.role());
    }

    private void drainAsToldBy(ControlLine line) {
        long limitMs = Long.parseLong(line.value("limitMs"));
        drain(
                limitMs == RoleContext.NO_LIMIT ? NO_LIMIT : TimeUnit.MILLISECONDS.toNanos(limitMs),
                "the cluster (" + line.value("reason") + ")");
    }

    private void drain(long limitNs, String who) {
        if (!drains) {
            NodeLog.log().info("asked by {} to stop; what was taken on is finished first", who);
            drains = true;
            life.tryMoveTo(LifeCycle.State.DRAINING);
            processes.drain();
        }
        drainBeganNs = System.nanoTime();
        drainLimitNs = limitNs;
    }

    /** Time until the drain has taken too long. */
    private long drainLeftNs() {
        return drainLimitNs == NO_LIMIT ? NO_LIMIT : drainLimitNs - (System.nanoTime() - drainBeganNs);
    }

    /** Whether nothing is left to be finished, or there was time enough. */
    private boolean isDrained() {
        if (processes.allDrained()) {
            NodeLog.log().info("all that was taken on is finished");
            return true;
        }
        if (drainLeftNs() > 0) {
            return false;
        }
        if (drainLimitNs > 0) {
            NodeLog.log()
                    .warn(
                            "not all that was taken on is finished within {} ms: the rest is ended",
                            TimeUnit.NANOSECONDS.toMillis(drainLimitNs));
        }
        return true;
    }

    private void reload() {
        Configuration before = configuration;
        Configuration read = Reload.read(before);
        configuration = before.taking(LogSettings.settings(), read);
        RoleLogging.use(configuration.log());
        RoleLogging.reopen();
        Reload.tell(before, read); // at the level of now
        processes.all().forEach(role -> role.reload(Reload.line(configuration.log())));
        try {
            new RoleInput(configuration, plan).write(session); // for roles that are started again
        } catch (IOException e) {
            NodeLog.log().error("cannot write {}: roles that are started again log as before", session.roleInput(), e);
        }
        NodeLog.log().info("reloaded; logs are open again");
    }

    private OptionalInt onExit(RoleProcess role) throws InterruptedException {
        String how = ended(role);
        if (!role.spec().isRestartable() || role.saidFailed()) {
            return OptionalInt.of(fail("run", role.name() + " ended: " + how, role, exitCode(role)));
        }
        OptionalLong delayMs = restarts.ended(role.name(), System.nanoTime());
        if (delayMs.isEmpty()) {
            String budget = "; it was started again " + Restarts.MOST + " times within "
                    + TimeUnit.NANOSECONDS.toSeconds(Restarts.WINDOW_NS) + " s";
            return OptionalInt.of(fail("run", role.name() + " ended: " + how + budget, role, EXIT_ROLE_DIED));
        }
        NodeLog.log().warn("{} ended: {}; it is started again in {} ms", role.name(), how, delayMs.getAsLong());
        LogTail.of(session, role.name()).forEach(line -> NodeLog.log().warn("  | {}", line));
        return OptionalInt.empty();
    }

    /** One that was to stop anyway does not join again. */
    private int exitCode(RoleProcess role) {
        return role.expelled() && !drains ? EXIT_EXPELLED : EXIT_ROLE_DIED;
    }

    /** Starts what is due; a role that was started and is late ends the node. */
    private OptionalInt onTime() throws InterruptedException {
        if (nodeFileIsOld) {
            refreshNodeFile();
        }
        long startTimeoutNs = configuration.node().startTimeout().toNanos();
        for (String name : restarts.due(System.nanoTime(), startTimeoutNs)) {
            RoleProcess old = processes.get(name);
            if (!old.exited()) {
                return OptionalInt.of(fail(
                        "run",
                        name + " was started again and is not ready within "
                                + TimeUnit.NANOSECONDS.toMillis(startTimeoutNs) + " ms",
                        old,
                        EXIT_ROLE_DIED));
            }
            processes.spawn(old.spec());
            processes.goWhereReady();
        }
        return OptionalInt.empty();
    }

    private void restarted(RoleProcess role) {
        restarts.ready(role.name());
        NodeLog.log()
                .info("{} is ready again, pid {}", role.name(), role.identity().pid());
        refreshNodeFile();
    }

    /** Writes who the roles' processes are now. A full disk is no reason to come down: what reads the file finds an old pid until there is room. */
    private void refreshNodeFile() {
        try {
            writeNodeFile();
            nodeFileIsOld = false;
        } catch (IOException e) {
            if (!nodeFileIsOld) {
                NodeLog.log().error("cannot write {}, and tries again each second", session.nodeFile(), e);
            }
            nodeFileIsOld = true;
        }
    }

    /** Says why, stops the others quickly and leaves the reason in the session's folder. */
    private int fail(String when, String reason, RoleProcess culprit, int exitCode) throws InterruptedException {
        List<String> tail = culprit == null ? List.of() : LogTail.of(session, culprit.name());
        NodeLog.log().error("{}; the node comes down", reason);
        tail.forEach(line -> NodeLog.log().error("  | {}", line));
        life.tryMoveTo(LifeCycle.State.FAILED);
        stop(FAILURE_STOP_MS);
        List<String> lines = new ArrayList<>(List.of("when: " + when, "reason: " + reason));
        tail.forEach(line -> lines.add("| " + line));
        try {
            PrivateFiles.writeAtomically(session.lastFailure(), String.join("\n", lines) + "\n");
            Sessions.linkLatest(session);
        } catch (IOException e) {
            NodeLog.log().error("cannot write {}", session.lastFailure(), e);
        }
        if (exitCode == EXIT_START_FAILED) {
            String log = culprit == null ? null : session.log(culprit.name()).toString();
            report.failed(reason, log, tail);
        }
        return exitCode;
    }

    /** Stops the roles in reverse order, dependents first, and kills what is left when the time is over. */
    private void stop(long timeoutMs) throws InterruptedException {
        life.tryMoveTo(LifeCycle.State.DRAINING);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!processes.allExited()) {
            long leftNs = deadlineNs - System.nanoTime();
            stopWhereFree(TimeUnit.NANOSECONDS.toMillis(leftNs));
            SupervisorEvent event = leftNs <= 0 ? null : events.poll(leftNs, TimeUnit.NANOSECONDS);
            if (event == null) {
                break;
            }
            if (event.kind() == SupervisorEvent.Kind.EXITED) {
                RoleProcess role = processes.get(event.role());
                if (!role.exited()) {
                    NodeLog.log().info("{} ended: {}", role.name(), ended(role));
                }
            }
        }
        if (!processes.allExited()) {
            NodeLog.log().warn("not stopped within {} ms: killing what is left", timeoutMs);
            processes.killAll();
            awaitKilled();
        }
        List<SessionProcesses.SessionProcess> strays = SessionProcesses.killAll(session);
        strays.forEach(stray -> NodeLog.log().warn("killed a process that was left: {}", stray));
        processes.endOrphans();
        life.tryMoveTo(LifeCycle.State.STOPPED);
    }

    private void stopWhereFree(long timeoutMs) {
        for (RoleProcess role : processes.all()) {
            if (!role.exited() && !role.stopping() && !processes.isNeeded(role)) {
                role.stop(Math.max(1, timeoutMs));
            }
        }
    }

    private void awaitKilled() throws InterruptedException {
        while (!processes.allExited()) {
            SupervisorEvent event = events.poll(1, TimeUnit.SECONDS);
            if (event == null) {
                NodeLog.log().error("a killed process has not ended: {}", processes.all());
                return;
            }
            if (event.kind() == SupervisorEvent.Kind.EXITED) {
                processes.reap(processes.get(event.role()));
            }
        }
    }
}
