/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.wire.NodeState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in the cluster, and what the rules of joining, silence and death are. What is to outlive this process goes to the store, and
 * is durable with the commit that whoever calls here makes afterwards; no other I/O. The GCS's agent thread only.
 *
 * <pre>
 *   (register) → ALIVE or DRAINING ⇄ SUSPECTED → DEAD → (aged out)
 *                        └───────────────────────↗
 * </pre>
 *
 * A node that drains says so itself, and stays so until it leaves: for silence and death it is as one that is ALIVE.
 *
 * ALIVE → SUSPECTED when the connection falls or after {@code suspectAfterMs} of silence, back with the next heartbeat or
 * registration; → DEAD after {@code deadAfterMs} of silence, when the node says goodbye, or when a probe proves that its process has ended. Who is
 * suspected is probed where it listens, by another node too if nothing is to be seen from here; one that answers either is slow, or cut off from here, not gone: its death is put off, at most to
 * {@value #MOST_PUT_OFF} times that silence. DEAD is final: the id is
 * fenced for as long as it is remembered, which is longer than its row is kept.
 *
 * <p>Durable are registrations, deaths, fences and jobs. Nodes that the store knows count as heard of when it was opened: how long
 * they were silent before, while there was no GCS, is held against nobody.
 */
final class ClusterTables {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTables.class);
    /** Which node runs this GCS. */
    private static final String HEAD = "head";

    /** Changes that one opening of the tables has numbers for. */
    private static final int EPOCH_SHIFT = 40;

    /** A longer pause between two checks means that this process itself stood still, and nobody else. */
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(2);

    static final int MOST_PUT_OFF = 3;

    /** Between two probes of a node. */
    private static final long PROBE_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final GcsLimits limits;
    private final NanoClock clock;
    private final EpochClock wallClock;
    private final ClusterStore store;
    private final NodeTable nodes;
    private final JobTable jobs;
    private final FencedIds fencedIds;
    private final JobBlocks jobBlocks;
    private Consumer<NodeEntry> watcher = entry -> {};

    /** Those that are suspected, and some that were. */
    private final Set<NodeEntry> suspects = new LinkedHashSet<>();

    /** Whose turn it is to be asked for a look at another. */
    private int nextWitness;

    /** The node beside this GCS, which sees what is seen from here. */
    private String head = "";

    private long sequence;
    private long lastCheckNs;

    /** The tables that the store holds. */
    ClusterTables(GcsLimits limits, NanoClock clock, EpochClock wallClock, ClusterStore store) {
        this.limits = limits;
        this.clock = clock;
        this.wallClock = wallClock;
        this.store = store;
        this.lastCheckNs = clock.nanoTime();
        this.nodes = new NodeTable(store, lastCheckNs);
        this.jobs = new JobTable(store);
        this.fencedIds = new FencedIds(store);
        this.jobBlocks = new JobBlocks(store, nodes, new Random());
        // Numbers of this process are above those of all before it, so nobody sees the sequence go back.
        this.sequence = store.epoch() << EPOCH_SHIFT;
    }

    /** Who hears of each node that has come or gone, or of which state, address, labels or what it has in all has changed; before the first. */
    void watch(Consumer<NodeEntry> newWatcher) {
        watcher = newWatcher;
    }

    private void changed(NodeEntry entry) {
        sequence++;
        watcher.accept(entry);
    }

    /**
     * This GCS is that node's. Another that was the head before has ended, or this one would not run; its place and its jobs' are free,
     * and its id does not come back.
     */
    void headIs(String nodeId) {
        final byte[] known = store.rows(Table.FACTS).get(HEAD);
        final String former = known == null ? nodeId : new String(known, StandardCharsets.UTF_8);
        if (!former.equals(nodeId)) {
            LOG.info("node {} is the head in the place of {}", nodeId, former);
            replace(former);
        }
        store.put(Table.FACTS, HEAD, nodeId.getBytes(StandardCharsets.UTF_8));
        head = nodeId;
    }

    private void replace(String nodeId) {
        fencedIds.add(nodeId);
        if (nodes.get(nodeId) != null) {
            nodes.remove(nodeId);
            sequence++;
        }
        for (JobInfo job : jobs.all()) {
            if (job.nodeId().equals(nodeId)) {
                jobs.remove(job);
                sequence++;
            }
        }
    }

    /** The commit that has what is known of a node; what is said of it must wait for that. */
    long commitOf(String nodeId) {
        final NodeEntry entry = nodes.get(nodeId);
        return entry == null ? 0 : entry.commit;
    }

    /** The same of one of its jobs. */
    long commitOfJob(String nodeId, int jobId) {
        return jobs.commitOf(nodeId, jobId);
    }

    /** Why a node may not join. */
    enum Denial {
        FENCED,
        TABLE_FULL
    }

    /** Joins, or joins again over a new connection. */
    Optional<Denial> register(NodeRegistration told, NetConnection connection) {
        final String id = told.nodeId();
        if (fencedIds.contains(id)) {
            return Optional.of(Denial.FENCED);
        }
        NodeEntry entry = nodes.get(id);
        if (entry == null && countNotDead() >= limits.maxNodes()) {
            return Optional.of(Denial.TABLE_FULL);
        }
        final NodeRegistration registration = told.withJobBlock(jobBlockOf(told, entry));
        final boolean changed = entry == null || !entry.registration.equals(registration);
        if (entry == null) {
            entry = nodes.add(registration, clock.nanoTime());
            LOG.info("node joined: id={} address={} pid={}", id, registration.address(), registration.pid());
        } else {
            LOG.info("node joined again: id={} address={} was={}", id, registration.address(), entry.state);
        }
        entry.joins++;
        entry.isProbed = false;
        entry.hasAnswered = false;
        entry.registration = registration;
        entry.connection = connection;
        entry.state = entry.wellState();
        entry.lastHeartbeatNs = clock.nanoTime();
        entry.loadVersion = -1;
        if (changed) {
            nodes.put(entry);
        }
        changed(entry);
        return Optional.empty();
    }

    /** What it says; what it was given, if it has not heard so; else a new one. */
    private int jobBlockOf(NodeRegistration told, NodeEntry known) {
        if (told.jobBlock() != NodeRegistration.NO_JOB_BLOCK) {
            return told.jobBlock();
        }
        final int given = known == null ? NodeRegistration.NO_JOB_BLOCK : known.registration.jobBlock();
        return given != NodeRegistration.NO_JOB_BLOCK ? given : jobBlocks.next();
    }

    /** The block of job numbers of a node that is known. */
    int jobBlockOf(String nodeId) {
        return nodes.get(nodeId).registration.jobBlock();
    }

    /** Takes a heartbeat; false if the node is not known or dead. */
    boolean heartbeat(String nodeId, long version, NodeLoad load) {
        final NodeEntry entry = nodes.get(nodeId);
        if (entry == null || entry.isDead()) {
            return false;
        }
        entry.lastHeartbeatNs = clock.nanoTime();
        entry.hasAnswered = false;
        if (entry.state == NodeState.SUSPECTED) {
            LOG.info("node is back: id={}", nodeId);
            entry.state = entry.wellState();
            changed(entry);
        }
        if (version > entry.loadVersion) {
            final boolean isOther = !entry.load.total().equals(load.total())
                    || !entry.load.labels().equals(load.labels());
            entry.load = load;
            entry.loadVersion = version;
            if (isOther) {
                changed(entry);
            } else {
                sequence++;
            }
        }
        return true;
    }

    /** The node finishes what it has, and leaves then. Repeats change nothing; false if it is not known or dead. */
    boolean drains(String nodeId, String reason) {
        final NodeEntry entry = nodes.get(nodeId);
        if (entry == null || entry.isDead()) {
            return false;
        }
        if (!entry.drains) {
            LOG.info("node drains: id={} address={} {}", nodeId, entry.registration.address(), reason);
            final boolean well = entry.isWell();
            entry.drains = true;
            entry.state = well ? NodeState.DRAINING : entry.state;
            changed(entry);
        }
        return true;
    }

    /** The node leaves in good order: dead at once. */
    void unregister(String nodeId, String reason) {
        final NodeEntry entry = nodes.get(nodeId);
        if (entry != null && !entry.isDead()) {
            die(entry, reason);
        }
    }

    /** Its connection fell. Nothing happens if the node has already joined again over another. */
    void connectionLost(String nodeId, NetConnection connection, String reason) {
        final NodeEntry entry = nodes.get(nodeId);
        if (entry == null || entry.connection != connection) {
            return;
        }
        entry.connection = null;
        if (entry.isWell()) {
            suspect(entry, "connection lost: " + reason);
        }
    }

    /** Applies a job's news; false if there is no room for it. Repeats change nothing, and what has ended does not start again. */
    boolean updateJob(JobInfo told, String nodeId) {
        final JobInfo job = told.on(nodeId);
        final JobInfo known = jobs.get(nodeId, job.jobId());
        if (known != null) {
            final boolean older = job.startedMs() < known.startedMs();
            final boolean revives = job.startedMs() == known.startedMs() && !known.isRunning() && job.isRunning();
            if (older || revives || known.equals(job)) {
                return true;
            }
        } else if (!makeRoomForJob()) {
            return false;
        }
        jobs.put(job);
        sequence++;
        return true;
    }

    private boolean makeRoomForJob() {
        if (jobs.size() < limits.maxJobs()) {
            return true;
        }
        for (JobInfo job : jobs.all()) {
            if (!job.isRunning()) {
                jobs.remove(job);
                return true;
            }
        }
        return false;
    }

    /** Lets time do its work; returns how many rows changed. Called after the messages that wait have been applied. */
    int check() {
        final long nowNs = clock.nanoTime();
        forgiveOwnStall(nowNs);
        int changes = 0;
        for (NodeEntry entry : new ArrayList<>(nodes.all())) {
            changes += checkNode(entry, nowNs) ? 1 : 0;
        }
        changes += trimDeadNodes();
        changes += trimFinishedJobs();
        return changes;
    }

    private void forgiveOwnStall(long nowNs) {
        final long pauseNs = nowNs - lastCheckNs;
        lastCheckNs = nowNs;
        if (pauseNs > STALL_NS) {
            LOG.warn("this process stood still for {} ms; nodes get that time back", pauseNs / 1_000_000);
            for (NodeEntry entry : nodes.all()) {
                entry.lastHeartbeatNs = Math.min(nowNs, entry.lastHeartbeatNs + pauseNs);
            }
        }
    }

    private boolean checkNode(NodeEntry entry, long nowNs) {
        final long silenceMs = TimeUnit.NANOSECONDS.toMillis(nowNs - entry.lastHeartbeatNs);
        if (entry.isDead()) {
            return false;
        }
        if (silenceMs >= limits.deadAfterMs() && !isPutOff(entry, silenceMs, nowNs)) {
            die(entry, "no heartbeat for " + silenceMs + " ms");
            return true;
        }
        if (entry.isWell() && silenceMs >= limits.suspectAfterMs()) {
            suspect(entry, "no heartbeat for " + silenceMs + " ms");
            return true;
        }
        return false;
    }

    private void suspect(NodeEntry entry, String reason) {
        LOG.warn("node is suspected: id={} address={} {}", entry.nodeId(), entry.registration.address(), reason);
        entry.state = NodeState.SUSPECTED;
        entry.nextProbeNs = clock.nanoTime();
        suspects.add(entry);
        changed(entry);
    }

    private boolean isPutOff(NodeEntry entry, long silenceMs, long nowNs) {
        return entry.hasAnswered
                && TimeUnit.NANOSECONDS.toMillis(nowNs - entry.answeredNs) < limits.deadAfterMs()
                && silenceMs < (long) MOST_PUT_OFF * limits.deadAfterMs();
    }

    /** Who is to be looked at now; what is seen comes back by {@link #probed}. */
    List<Probe> dueProbes() {
        if (suspects.isEmpty()) {
            return List.of();
        }
        suspects.removeIf(entry -> entry.state != NodeState.SUSPECTED);
        final long nowNs = clock.nanoTime();
        final List<NodeEntry> due = suspects.stream()
                .filter(entry -> entry.registration.port() != 0 && !entry.isProbed && nowNs - entry.nextProbeNs >= 0)
                .toList();
        final List<Probe.Place> witnesses = due.isEmpty() ? List.of() : witnesses();
        final List<Probe> probes = new ArrayList<>();
        for (NodeEntry entry : due) {
            entry.isProbed = true;
            final Optional<Probe.Place> witness = witnesses.isEmpty()
                    ? Optional.empty()
                    : Optional.of(witnesses.get(Math.floorMod(nextWitness++, witnesses.size())));
            probes.add(new Probe(entry.nodeId(), entry.joins, Probe.Place.of(entry.registration), witness));
        }
        return probes;
    }

    /** Those that are well listen, and see what is not seen from here; each is asked in its turn. */
    private List<Probe.Place> witnesses() {
        return nodes.all().stream()
                .filter(entry -> entry.isWell()
                        && entry.registration.port() != 0
                        && !entry.nodeId().equals(head))
                .map(entry -> Probe.Place.of(entry.registration))
                .toList();
    }

    /** What a probe has seen. It says nothing of a node that has been heard of, or has joined again, meanwhile. */
    void probed(Probe probe, Probe.Outcome outcome) {
        final NodeEntry entry = nodes.get(probe.nodeId());
        if (entry == null || entry.joins != probe.joins()) {
            return;
        }
        final long nowNs = clock.nanoTime();
        entry.isProbed = false;
        entry.nextProbeNs = nowNs + PROBE_PAUSE_NS;
        if (entry.state != NodeState.SUSPECTED) {
            return;
        }
        if (outcome == Probe.Outcome.GONE) {
            die(entry, "it does not listen at " + probe.at() + " any more");
        } else if (outcome != Probe.Outcome.UNKNOWN) {
            if (!entry.hasAnswered && outcome == Probe.Outcome.THERE_FOR_WITNESS) {
                LOG.warn(
                        "node is cut off from here, not from {}: id={} address={}",
                        probe.witness().orElseThrow(),
                        probe.nodeId(),
                        probe.at());
            }
            entry.answeredNs = nowNs;
            entry.hasAnswered = true;
        }
    }

    private void die(NodeEntry entry, String reason) {
        LOG.warn("node is dead: id={} address={} {}", entry.nodeId(), entry.registration.address(), reason);
        final long nowMs = Math.max(1, wallClock.time());
        entry.state = NodeState.DEAD;
        entry.deadSinceMs = nowMs;
        final NetConnection connection = entry.connection;
        entry.connection = null;
        nodes.put(entry);
        changed(entry);
        fencedIds.add(entry.nodeId());
        for (JobInfo job : jobs.all()) {
            if (job.isRunning() && job.nodeId().equals(entry.nodeId())) {
                jobs.put(job.endedAt(nowMs));
                sequence++;
            }
        }
        if (connection != null) {
            connection.close("node " + entry.nodeId() + " is dead: " + reason);
        }
    }

    private int trimDeadNodes() {
        final List<NodeEntry> dead = new ArrayList<>();
        for (NodeEntry entry : nodes.all()) {
            if (entry.isDead()) {
                dead.add(entry);
            }
        }
        dead.sort(Comparator.comparingLong(entry -> entry.deadSinceMs));
        final long oldestKeptMs = wallClock.time() - limits.keepDeadMs();
        int surplus = dead.size() - limits.maxDeadNodes();
        int removed = 0;
        for (NodeEntry entry : dead) {
            if (surplus > 0 || entry.deadSinceMs < oldestKeptMs) {
                nodes.remove(entry.nodeId());
                surplus--;
                removed++;
                sequence++;
            }
        }
        return removed;
    }

    private int trimFinishedJobs() {
        final long oldestKeptMs = wallClock.time() - limits.keepFinishedMs();
        int removed = 0;
        for (JobInfo job : jobs.all()) {
            if (!job.isRunning() && job.endedMs() < oldestKeptMs) {
                jobs.remove(job);
                removed++;
                sequence++;
            }
        }
        return removed;
    }

    private int countNotDead() {
        int count = 0;
        for (NodeEntry entry : nodes.all()) {
            count += entry.isDead() ? 0 : 1;
        }
        return count;
    }

    /** The state for tools. */
    ClusterSnapshot snapshot() {
        final long nowNs = clock.nanoTime();
        final List<NodeInfo> nodeInfos = new ArrayList<>();
        for (NodeEntry entry : nodes.all()) {
            nodeInfos.add(new NodeInfo(
                    entry.registration,
                    entry.state,
                    TimeUnit.NANOSECONDS.toMillis(Math.max(0, nowNs - entry.lastHeartbeatNs)),
                    entry.load));
        }
        return new ClusterSnapshot(sequence, nodeInfos, jobs.all());
    }

    /** All that are known, the dead among them; not to be changed while it is walked. */
    Collection<NodeEntry> nodes() {
        return nodes.all();
    }

    long sequence() {
        return sequence;
    }
}
