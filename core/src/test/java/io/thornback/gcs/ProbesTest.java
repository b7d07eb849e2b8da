/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.transport.wire.NodeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tables make of what probes see. */
class ProbesTest {
    private static final long MS = 1_000_000;
    private static final GcsLimits LIMITS = GcsLimits.DEFAULT;

    private long nowNs = 77 * MS;
    private final ClusterTables tables = new ClusterTables(LIMITS, () -> nowNs, () -> 1_000, ClusterStore.none());

    @BeforeEach
    void join() {
        assertEquals(Optional.empty(), tables.register(node(1), null));
    }

    private NodeState state() {
        return tables.snapshot().nodes().get(0).state();
    }

    private Probe suspectedByItsConnection() {
        tables.connectionLost(id(1), null, "reset");
        final List<Probe> due = tables.dueProbes();
        assertEquals(List.of(new Probe(id(1), 1, Probe.Place.of(node(1)), Optional.empty())), due);
        assertEquals(List.of(), tables.dueProbes(), "one at a time");
        return due.get(0);
    }

    private void pass(long ms) {
        for (long left = ms; left > 0; left -= 250) {
            nowNs += 250 * MS;
            tables.check();
        }
    }

    @Test
    void aNodeThatIsAliveIsNotProbed() {
        assertEquals(List.of(), tables.dueProbes());
    }

    @Test
    void whoIsProvenGoneIsDeadAtOnceAndFenced() {
        final Probe probe = suspectedByItsConnection();
        tables.probed(probe, Probe.Outcome.GONE);
        assertEquals(NodeState.DEAD, state());
        assertEquals(List.of(), tables.dueProbes());
        assertEquals(Optional.of(ClusterTables.Denial.FENCED), tables.register(node(1), null));
    }

    @Test
    void whatTellsNothingKillsNobodyAndIsTriedAgain() {
        final Probe probe = suspectedByItsConnection();
        tables.probed(probe, Probe.Outcome.UNKNOWN);
        assertEquals(NodeState.SUSPECTED, state());
        assertEquals(List.of(), tables.dueProbes());
        nowNs += 200 * MS;
        assertEquals(List.of(probe), tables.dueProbes());
    }

    @Test
    void proofThatComesAfterTheNodeWasHeardOfAgainIsNone() {
        final Probe late = suspectedByItsConnection();
        assertEquals(Optional.empty(), tables.register(node(1), null));
        tables.probed(late, Probe.Outcome.GONE);
        assertEquals(NodeState.ALIVE, state());
        tables.connectionLost(id(1), null, "reset");
        tables.probed(late, Probe.Outcome.GONE);
        assertEquals(NodeState.SUSPECTED, state(), "it was of an earlier joining");
        tables.heartbeat(id(1), 1, load(1));
        assertEquals(NodeState.ALIVE, state());
        assertEquals(List.of(), tables.dueProbes());
    }

    @Test
    void anAnswerPutsDeathOffButNotForEver() {
        pass(LIMITS.suspectAfterMs());
        long silenceMs = LIMITS.suspectAfterMs();
        while (state() == NodeState.SUSPECTED && silenceMs < 100_000) {
            tables.dueProbes().forEach(probe -> tables.probed(probe, Probe.Outcome.THERE));
            pass(250);
            silenceMs += 250;
        }
        assertEquals(NodeState.DEAD, state());
        assertEquals((long) ClusterTables.MOST_PUT_OFF * LIMITS.deadAfterMs(), silenceMs);
    }

    @Test
    void anAnswerToAWitnessPutsDeathOffToo() {
        final Probe probe = suspectedByItsConnection();
        pass(LIMITS.deadAfterMs() - 250);
        final Probe asked = new Probe(probe.nodeId(), probe.joins(), probe.at(), Optional.of(Probe.Place.of(node(2))));
        tables.probed(asked, Probe.Outcome.THERE_FOR_WITNESS);
        pass(LIMITS.deadAfterMs() - 250);
        assertEquals(NodeState.SUSPECTED, state());
        pass(250);
        assertEquals(NodeState.DEAD, state(), "the answer is as old as that");
    }

    @Test
    void whoIsAliveIsAskedForALookEachInTurnAndNobodyElse() {
        for (int number = 2; number <= 4; number++) {
            assertEquals(Optional.empty(), tables.register(node(number), null));
        }
        final NodeRegistration deaf = node(5);
        assertEquals(
                Optional.empty(),
                tables.register(
                        new NodeRegistration(
                                deaf.nodeId(),
                                deaf.pid(),
                                deaf.address(),
                                deaf.sessionDir(),
                                deaf.storeBytes(),
                                deaf.total()),
                        null));
        tables.connectionLost(id(1), null, "reset");
        tables.connectionLost(id(2), null, "reset");
        final List<Optional<Probe.Place>> asked = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (final Probe probe : tables.dueProbes()) {
                asked.add(probe.witness());
                tables.probed(probe, Probe.Outcome.UNKNOWN);
            }
            nowNs += 200 * MS;
        }
        final Optional<Probe.Place> third = Optional.of(Probe.Place.of(node(3)));
        final Optional<Probe.Place> fourth = Optional.of(Probe.Place.of(node(4)));
        assertEquals(List.of(third, fourth, third, fourth), asked);
    }

    @Test
    void whoDoesNotAnswerIsDeadInTheOrdinaryTime() {
        pass(LIMITS.deadAfterMs() - 250);
        tables.dueProbes().forEach(probe -> tables.probed(probe, Probe.Outcome.UNKNOWN));
        assertEquals(NodeState.SUSPECTED, state());
        pass(250);
        assertEquals(NodeState.DEAD, state());
    }
}
