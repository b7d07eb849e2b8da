/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.NodeState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Membership with virtual nodes and virtual time: nodes that are killed, stand still, are cut off from all or from the GCS alone and come back, links that are slow, a GCS that stands still itself, a wall clock that jumps;
 * and probes, which see what is so in this world. After each look of the GCS at its tables: nobody is suspected or dead without the silence that it takes, or without having ended; nobody is kept for longer than that
 * but who has answered, the dead stay dead; and when all has healed, everybody who runs is alive.
 *
 * <p>{@code -Dseed=N} runs one seed, {@code -Druns=N} and {@code -Dnodes=N} another number of runs and nodes.
 */
class MembershipSimulationTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final GcsLimits LIMITS =
            new GcsLimits(1_000, 3_000, 10_000, 60_000, 60_000, 10_000, 100, 1_000, 1_024);
    private static final long LOOK = 250 * MS;
    /** Of faults; then so much again without, in which all must heal. */
    private static final long FAULTY = 120 * SECOND;

    private static final long HEALING = 30 * SECOND;
    private static final int RUNS = Integer.getInteger("runs", 20);
    private static final int NODES = Integer.getInteger("nodes", 100);

    @Test
    void nobodyIsDeclaredDeadWithoutSilenceNorKeptInSpiteOfIt() {
        final Long only = Long.getLong("seed");
        final long first = only != null ? only : new SplittableRandom().nextLong();
        final Map<String, Integer> seen = new HashMap<>();
        for (int run = 0; run < (only != null ? 1 : RUNS); run++) {
            final long seed = first + run;
            try {
                new World(seed).run().forEach((what, count) -> seen.merge(what, count, Integer::sum));
            } catch (final AssertionError e) {
                throw new AssertionError("-Dseed=" + seed + " -Dnodes=" + NODES + ": " + e.getMessage(), e);
            }
        }
        if (only == null) {
            // Runs in which nothing happens would hold every rule.
            for (final String what : List.of(
                    "killed",
                    "cut",
                    "cut from the gcs alone",
                    "stood still",
                    "gcs stood still",
                    "suspected",
                    "dead",
                    "dead by proof",
                    "put off",
                    "fenced")) {
                assertTrue(seen.getOrDefault(what, 0) > 0, what + ": never, of " + seen);
            }
        }
    }

    private record Event(long atNs, long order, Runnable action) {}

    /** A place where a node runs, under a new id after each start. */
    private static final class Place {
        private final int number;
        private int starts;
        private String id;
        private boolean runs;
        private boolean connected;
        private long stillUntilNs;
        private long cutUntilNs;
        private long cutFromAllUntilNs;
        private long version;

        Place(final int number) {
            this.number = number;
        }
    }

    /** What is known outside the tables of an id that has joined. */
    private static final class Known {
        private long lastHeardNs;
        /** How long the GCS had stood still in all by then. */
        private long stillNs;

        private boolean connectionLost;
        /** When the GCS last learnt of an answer to a probe; before {@link #lastHeardNs} it is of no meaning. */
        private long answeredNs;
    }

    private static final class World {
        private final SplittableRandom random;
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
        private final List<Place> places = new ArrayList<>();
        private final Map<String, Known> known = new HashMap<>();
        private final Set<String> dead = new HashSet<>();
        /** Ids whose process has ended. */
        private final Set<String> ended = new HashSet<>();

        private final Map<String, Integer> seen = new HashMap<>();
        private final Queue<Runnable> gcsInbox = new ArrayDeque<>();
        private final ClusterTables tables;

        private long nowNs = 1_000 * SECOND;
        private long wallStepMs = 1_700_000_000_000L;
        private long order;
        private final long faultsEndNs = nowNs + FAULTY;
        private long gcsStillUntilNs;
        private long gcsStoodStillNs;
        private long lastSequence;
        private Map<String, NodeState> lastStates = Map.of();

        World(final long seed) {
            random = new SplittableRandom(seed);
            tables = new ClusterTables(LIMITS, () -> nowNs, () -> wallStepMs + nowNs / MS, ClusterStore.none());
            for (int i = 0; i < NODES; i++) {
                final Place place = new Place(i);
                places.add(place);
                in(random.nextLong(5 * SECOND), () -> start(place));
            }
            in(LOOK, this::look);
            in(SECOND, this::fault);
        }

        Map<String, Integer> run() {
            final long endNs = faultsEndNs + HEALING;
            while (nowNs < endNs) {
                final Event event = events.remove();
                nowNs = event.atNs();
                event.action().run();
            }
            final Map<String, NodeState> states = states();
            for (final Place place : places) {
                assertTrue(
                        !place.runs || states.get(place.id) == NodeState.ALIVE,
                        () -> "after healing, node " + place.number + " is " + states.get(place.id));
            }
            states.forEach((id, state) -> assertTrue(
                    state == NodeState.DEAD || places.stream().anyMatch(place -> place.runs && id.equals(place.id)),
                    "after healing, " + id + " of nobody is " + state));
            return seen;
        }

        private void in(final long delayNs, final Runnable action) {
            events.add(new Event(nowNs + delayNs, order++, action));
        }

        private void count(final String what) {
            seen.merge(what, 1, Integer::sum);
        }

        // ---- nodes

        private void start(final Place place) {
            if (place.id != null) {
                ended.add(place.id);
            }
            place.starts++;
            place.id = String.format("%056x", place.number * 1_000L + place.starts);
            place.runs = true;
            place.version = 0;
            connect(place, place.id);
            beat(place, place.id);
        }

        private boolean isCut(final Place place) {
            return place.cutUntilNs > nowNs;
        }

        /** Tries until it is through. */
        private void connect(final Place place, final String id) {
            if (!place.runs || !id.equals(place.id)) {
                return;
            }
            if (isCut(place) || place.stillUntilNs > nowNs) {
                in(500 * MS, () -> connect(place, id));
                return;
            }
            toGcs(place, () -> {
                if (!place.runs || !id.equals(place.id)) {
                    return;
                }
                final boolean fenced =
                        tables.register(registration(place), null).isPresent();
                assertEquals(dead.contains(id), fenced, "fenced: " + id);
                if (fenced) {
                    count("fenced");
                    in(MS, () -> start(place));
                } else {
                    heard(id);
                    place.connected = true;
                }
            });
        }

        private static NodeRegistration registration(final Place place) {
            return new NodeRegistration(
                    place.id, 1, "10.0.0.1", "/session", 1L << 30, ResourceSet.cpus(2), 1 + place.number);
        }

        private void heard(final String id) {
            final Known row = known.computeIfAbsent(id, unused -> new Known());
            row.lastHeardNs = nowNs;
            row.stillNs = gcsStoodStillNs;
            row.connectionLost = false;
        }

        private void beat(final Place place, final String id) {
            if (!place.runs || !id.equals(place.id)) {
                return;
            }
            if (place.stillUntilNs > nowNs) {
                in(place.stillUntilNs - nowNs, () -> beat(place, id));
                return;
            }
            in(LIMITS.heartbeatMs() * MS, () -> beat(place, id));
            if (!place.connected || isCut(place)) {
                return;
            }
            final long version = ++place.version;
            toGcs(place, () -> {
                if (tables.heartbeat(id, version, GcsFixtures.load(1))) {
                    assertFalse(dead.contains(id), "heartbeat of the dead taken: " + id);
                    heard(id);
                } else if (id.equals(place.id)) {
                    place.connected = false; // the GCS closes the connection; the node joins again
                    connect(place, id);
                }
            });
        }

        /** A message that arrives after a while if the link still stands then, and is handled when the GCS gets to it. */
        private void toGcs(final Place place, final Runnable message) {
            in(random.nextInt(20) == 0 ? random.nextLong(800 * MS) : random.nextLong(20 * MS), () -> {
                if (!isCut(place)) {
                    gcsInbox.add(message);
                    if (gcsStillUntilNs <= nowNs) {
                        handleAll();
                    }
                }
            });
        }

        // ---- the GCS

        private void handleAll() {
            for (Runnable message = gcsInbox.poll(); message != null; message = gcsInbox.poll()) {
                message.run();
            }
        }

        private void look() {
            if (gcsStillUntilNs > nowNs) {
                in(gcsStillUntilNs - nowNs, this::look);
                return;
            }
            handleAll();
            tables.check();
            check();
            for (final Probe probe : tables.dueProbes()) {
                in(random.nextLong(50 * MS), () -> probe(probe));
            }
            in(LOOK, this::look);
        }

        // ---- probes

        private Place at(final Probe.Place place) {
            return places.get(place.port() - 1);
        }

        private void probe(final Probe probe) {
            final Probe.Outcome outcome = seenBy(probe);
            // What shows nothing takes until its time-out.
            in(outcome == Probe.Outcome.UNKNOWN ? 2 * SECOND : random.nextLong(50 * MS), () -> {
                gcsInbox.add(() -> {
                    if (outcome == Probe.Outcome.THERE || outcome == Probe.Outcome.THERE_FOR_WITNESS) {
                        known.get(probe.nodeId()).answeredNs = nowNs;
                    }
                    tables.probed(probe, outcome);
                });
                if (gcsStillUntilNs <= nowNs) {
                    handleAll();
                }
            });
        }

        private Probe.Outcome seenBy(final Probe probe) {
            final Place place = at(probe.at());
            final boolean answers = answers(place, probe.nodeId());
            if (!isCut(place)) {
                if (answers) {
                    return Probe.Outcome.THERE;
                }
                return ended.contains(probe.nodeId()) ? Probe.Outcome.GONE : Probe.Outcome.UNKNOWN;
            }
            final boolean witnessed = probe.witness()
                    .map(this::at)
                    .filter(witness -> !isCut(witness) && witness.runs && witness.stillUntilNs <= nowNs)
                    .isPresent();
            return witnessed && answers && place.cutFromAllUntilNs <= nowNs
                    ? Probe.Outcome.THERE_FOR_WITNESS
                    : Probe.Outcome.UNKNOWN;
        }

        private boolean answers(final Place place, final String id) {
            return place.runs && id.equals(place.id) && place.stillUntilNs <= nowNs;
        }

        // ---- faults

        private void fault() {
            if (nowNs >= faultsEndNs) {
                return;
            }
            in(random.nextLong(20 * SECOND / NODES + 1), this::fault);
            final Place place = places.get(random.nextInt(NODES));
            switch (random.nextInt(8)) {
                case 0 -> kill(place);
                case 1, 2 -> cut(place);
                case 3, 4 -> {
                    count("stood still");
                    place.stillUntilNs = nowNs + random.nextLong(15 * SECOND);
                }
                case 5 -> loseConnection(place);
                case 6 -> wallStepMs += random.nextLong(-3_600_000, 3_600_000);
                default -> {
                    if (random.nextInt(NODES) == 0 && gcsStillUntilNs <= nowNs) {
                        count("gcs stood still");
                        final long ns = random.nextLong(15 * SECOND);
                        gcsStillUntilNs = nowNs + ns;
                        gcsStoodStillNs += ns + LOOK; // what is forgiven begins with the look before
                    }
                }
            }
        }

        private void kill(final Place place) {
            if (!place.runs) {
                return;
            }
            count("killed");
            final String id = place.id;
            place.runs = false;
            place.connected = false;
            ended.add(id);
            toGcs(place, () -> lost(id)); // the kernel says so, if it gets through
            in(random.nextLong(1, 20) * SECOND, () -> start(place));
        }

        private void cut(final Place place) {
            place.cutUntilNs = nowNs + random.nextLong(25 * SECOND);
            if (random.nextBoolean()) {
                count("cut");
                place.cutFromAllUntilNs = place.cutUntilNs;
            } else {
                count("cut from the gcs alone");
            }
            place.connected = false;
            final String id = place.id;
            if (place.runs) {
                in(place.cutUntilNs - nowNs, () -> connect(place, id));
            }
        }

        private void loseConnection(final Place place) {
            if (place.runs && place.connected) {
                final String id = place.id;
                place.connected = false;
                toGcs(place, () -> lost(id));
                in(100 * MS, () -> connect(place, id));
            }
        }

        private void lost(final String id) {
            tables.connectionLost(id, null, "reset");
            if (known.containsKey(id)) {
                known.get(id).connectionLost = true;
            }
        }

        // ---- the rules

        private Map<String, NodeState> states() {
            return tables.snapshot().nodes().stream()
                    .collect(Collectors.toMap(node -> node.registration().nodeId(), NodeInfo::state));
        }

        private void check() {
            final Map<String, NodeState> states = states();
            states.forEach((id, state) -> {
                if (state == NodeState.DEAD) {
                    isDead(id);
                } else {
                    isNotDead(id, state);
                }
            });
            // A row may go in the same look in which its node dies: only so many of the dead are shown.
            lastStates.keySet().stream().filter(id -> !states.containsKey(id)).forEach(this::isDead);
            assertTrue(tables.sequence() >= lastSequence, "the sequence goes back");
            if (!states.equals(lastStates)) {
                assertTrue(tables.sequence() > lastSequence, "states changed and the sequence did not");
            }
            lastSequence = tables.sequence();
            lastStates = states;
            final long deadRows =
                    states.values().stream().filter(NodeState.DEAD::equals).count();
            assertTrue(deadRows <= LIMITS.maxDeadNodes(), deadRows + " rows of the dead");
        }

        private long silenceNs(final String id) {
            return nowNs - known.get(id).lastHeardNs;
        }

        private void isDead(final String id) {
            if (dead.add(id)) {
                count("dead");
                final boolean silent = silenceNs(id) >= LIMITS.deadAfterMs() * MS;
                if (!silent) {
                    count("dead by proof");
                }
                assertTrue(silent || ended.contains(id), id + " is dead after " + silenceNs(id) / MS + " ms");
            }
        }

        private void isNotDead(final String id, final NodeState state) {
            final Known row = known.get(id);
            assertFalse(dead.contains(id), id + " was dead and is " + state);
            long mostNs = LIMITS.deadAfterMs() * MS;
            if (silenceNs(id) >= mostNs + LOOK && row.answeredNs > row.lastHeardNs) {
                count("put off");
                mostNs = Math.min(ClusterTables.MOST_PUT_OFF * mostNs, row.answeredNs - row.lastHeardNs + mostNs);
            }
            assertTrue(
                    silenceNs(id) < mostNs + LOOK + gcsStoodStillNs - row.stillNs,
                    id + " is " + state + " after " + silenceNs(id) / MS + " ms");
            if (state == NodeState.SUSPECTED && lastStates.get(id) != NodeState.SUSPECTED) {
                count("suspected");
                assertTrue(
                        row.connectionLost || silenceNs(id) >= LIMITS.suspectAfterMs() * MS,
                        id + " is suspected after " + silenceNs(id) / MS + " ms");
            }
        }
    }
}
