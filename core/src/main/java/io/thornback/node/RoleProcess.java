/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.ChildProcess;
import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A role's process, as its supervisor sees it. Used by the supervisor's thread; {@link #heard} by the reader of its status pipe. */
final class RoleProcess {

    private static final long LAST_WORDS_MS = 100;

    private final RoleSpec spec;
    private final ChildProcess child;
    private final LifeCycle life;
    private final Map<String, String> former;
    private Map<String, String> facts = Map.of();
    private boolean told;
    private boolean drains;
    private boolean stopping;
    private boolean exited;
    private long goNs;
    private long patienceNs;
    private volatile String reason = "";
    private volatile boolean saidFailed;
    private volatile boolean expelled;
    private Thread reader;

    /**
     * Just spawned.
     *
     * @param former facts of the process in whose place it is; none if it is the first
     */
    RoleProcess(RoleSpec spec, ChildProcess child, Map<String, String> former) {
        this.spec = spec;
        this.child = child;
        this.former = former;
        this.life = new LifeCycle(spec.name());
    }

    String name() {
        return spec.name();
    }

    RoleSpec spec() {
        return spec;
    }

    ChildProcess child() {
        return child;
    }

    ProcessIdentity identity() {
        return child.identity();
    }

    LifeCycle life() {
        return life;
    }

    Map<String, String> facts() {
        return facts;
    }

    /** Facts of the process in whose place it is. */
    Map<String, String> former() {
        return former;
    }

    /** What a process in the place of this one is told: its facts, or, if it was never ready, those that it was told itself. */
    Map<String, String> legacy() {
        return facts.isEmpty() ? former : facts;
    }

    /** True once GO was sent. */
    boolean told() {
        return told;
    }

    /** When it must be ready: so long after GO, and after what it has to wait for outside this node. */
    long deadlineNs(long timeoutNs) {
        return goNs + patienceNs + timeoutNs;
    }

    boolean exited() {
        return exited;
    }

    /** What the role itself said about its failure; may be empty. */
    String reason() {
        return reason;
    }

    void onReady(Map<String, String> told) {
        facts = told;
        life.tryMoveTo(LifeCycle.State.READY);
    }

    void onFailed(String why) {
        reason = why;
        life.tryMoveTo(LifeCycle.State.FAILED);
    }

    /** It waits for something outside this node, at most so long. */
    void onWaiting(long limitNs) {
        patienceNs = Math.max(patienceNs, limitNs);
    }

    /** Whether it has said itself that it cannot go on; another process in its place could not either. */
    boolean saidFailed() {
        return saidFailed;
    }

    /** Whether it failed because the cluster has declared the node dead. */
    boolean expelled() {
        return expelled;
    }

    void onExit() {
        exited = true;
        life.tryMoveTo(life.state() == LifeCycle.State.DRAINING ? LifeCycle.State.STOPPED : LifeCycle.State.FAILED);
    }

    /** The reader of the status pipe has this from the role; kept at once, because the role's end may overtake it. */
    void heard(ControlLine line) {
        if (line.verb().equals(ControlLine.FAILED)) {
            reason = line.values().getOrDefault("reason", "");
            saidFailed = true;
            expelled = line.values().containsKey(ControlLine.EXPELLED);
        }
    }

    void readBy(Thread thread) {
        reader = thread;
        thread.start();
    }

    /** Gives the reader a moment to take in the last words of a role that has ended. */
    void awaitLastWords() throws InterruptedException {
        reader.join(LAST_WORDS_MS);
    }

    void go(Map<String, String> dependencyFacts) {
        told = true;
        goNs = System.nanoTime();
        send(new ControlLine(ControlLine.GO, dependencyFacts));
    }

    /** Has it finish what it has taken on; nothing to one that is not ready. */
    void drain() {
        if (!exited && life.state() == LifeCycle.State.READY) {
            drains = true;
            send(new ControlLine(ControlLine.DRAIN, Map.of()));
        }
    }

    void onDrained() {
        drains = false;
    }

    /** Whether it has still to finish what it has taken on. */
    boolean drains() {
        return drains && !exited;
    }

    /** True once STOP was sent. */
    boolean stopping() {
        return stopping;
    }

    void stop(long timeoutMs) {
        stopping = true;
        life.tryMoveTo(LifeCycle.State.DRAINING);
        send(new ControlLine(ControlLine.STOP, Map.of("timeoutMs", Long.toString(timeoutMs))));
    }

    void reload(ControlLine line) {
        if (!exited && !stopping) {
            send(line);
        }
    }

    private void send(ControlLine line) {
        try {
            child.control().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            child.control().flush();
        } catch (IOException e) {
            NodeLog.log().debug("{} no longer reads its control pipe; its exit is on its way", name());
        }
    }
}
