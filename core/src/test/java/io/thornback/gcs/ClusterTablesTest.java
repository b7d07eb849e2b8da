/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static io.thornback.gcs.GcsFixtures.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterTables.Denial;
import io.thornback.transport.wire.NodeState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTablesTest {
    private static final GcsLimits LIMITS = new GcsLimits(1_000, 3_000, 10_000, 60_000, 120_000, 4, 3, 5, 16);

    private long nowMs = 1_000_000;
    private final ClusterTables tables =
            new ClusterTables(LIMITS, () -> nowMs * 1_000_000, () -> nowMs, ClusterStore.none());

    private void pass(long ms) {
        // In steps, as the agent would: one long step is a standstill of the agent itself.
        for (long left = ms; left > 0; left -= 500) {
            nowMs += Math.min(500, left);
            tables.check();
        }
    }

    private NodeState state(int number) {
        return tables.snapshot().nodes().stream()
                .filter(info -> info.registration().nodeId().equals(id(number)))
                .map(NodeInfo::state)
                .findFirst()
                .orElse(NodeState.NULL_VAL);
    }

    private void register(int number) {
        assertEquals(Optional.empty(), tables.register(node(number), null));
    }

    @Test
    void aNodeThatFallsSilentIsSuspectedThenDead() {
        register(1);
        pass(2_999);
        assertEquals(NodeState.ALIVE, state(1));
        pass(1);
        assertEquals(NodeState.SUSPECTED, state(1));
        pass(6_999);
        assertEquals(NodeState.SUSPECTED, state(1));
        pass(1);
        assertEquals(NodeState.DEAD, state(1));
    }

    @Test
    void aHeartbeatBringsASuspectedNodeBackWithItsLoad() {
        register(1);
        pass(5_000);
        assertTrue(tables.heartbeat(id(1), 1, load(9)));
        assertEquals(NodeState.ALIVE, state(1));
        assertEquals(load(9), tables.snapshot().nodes().get(0).load());
        pass(2_500);
        assertEquals(2_500, tables.snapshot().nodes().get(0).sinceHeartbeatMs());
    }

    @Test
    void theDeadStayDeadAndTheirIdIsFenced() {
        register(1);
        pass(10_000);
        assertFalse(tables.heartbeat(id(1), 5, load(1)));
        assertEquals(Optional.of(Denial.FENCED), tables.register(node(1), null));
        assertEquals(NodeState.DEAD, state(1));
        pass(61_000);
        assertEquals(List.of(), tables.snapshot().nodes(), "the row has aged out");
        assertEquals(Optional.of(Denial.FENCED), tables.register(node(1), null), "the fence has not");
    }

    @Test
    void aGoodbyeIsDeathAtOnceAndEndsTheNodesJobs() {
        register(1);
        register(2);
        tables.updateJob(running(11, 5), id(1));
        tables.updateJob(running(12, 6), id(2));
        tables.unregister(id(1), "stopping");
        assertEquals(NodeState.DEAD, state(1));
        assertEquals(nowMs, tables.snapshot().jobs().get(0).endedMs());
        assertTrue(tables.snapshot().jobs().get(1).isRunning());
    }

    @Test
    void aNodeThatDrainsIsShownSoUntilItLeaves() {
        assertFalse(tables.drains(id(1), "nobody knows it"));
        register(1);
        final long before = tables.sequence();
        assertTrue(tables.drains(id(1), "new disk"));
        assertEquals(NodeState.DRAINING, state(1));
        assertTrue(tables.drains(id(1), "new disk"));
        assertEquals(before + 1, tables.sequence(), "a repeat changes nothing");
        pass(3_000);
        assertEquals(NodeState.SUSPECTED, state(1));
        assertTrue(tables.drains(id(1), "new disk"));
        assertEquals(NodeState.SUSPECTED, state(1), "that is no heartbeat");
        assertTrue(tables.heartbeat(id(1), 1, load(1)));
        assertEquals(NodeState.DRAINING, state(1));
        tables.connectionLost(id(1), null, "reset");
        assertEquals(NodeState.SUSPECTED, state(1));
        register(1);
        assertEquals(NodeState.DRAINING, state(1), "the id is of one process, which does not change its mind");
        tables.unregister(id(1), "the node has stopped");
        assertEquals(NodeState.DEAD, state(1));
        assertFalse(tables.drains(id(1), "late"));
    }

    @Test
    void aLostConnectionSuspectsAtOnceAndRegisteringAgainRestores() {
        register(1);
        tables.connectionLost(id(1), null, "reset");
        assertEquals(NodeState.SUSPECTED, state(1));
        register(1);
        assertEquals(NodeState.ALIVE, state(1));
        assertEquals(1, tables.snapshot().nodes().size());
    }

    @Test
    void olderAndRepeatedLoadsChangeNothingButProveLife() {
        register(1);
        tables.heartbeat(id(1), 3, load(3));
        final long sequence = tables.sequence();
        pass(2_900);
        tables.heartbeat(id(1), 3, load(4));
        tables.heartbeat(id(1), 2, load(5));
        assertEquals(load(3), tables.snapshot().nodes().get(0).load());
        assertEquals(sequence, tables.sequence());
        pass(2_900);
        assertEquals(NodeState.ALIVE, state(1));
    }

    @Test
    void itsOwnStandstillIsNotHeldAgainstNodes() {
        register(1);
        nowMs += 60_000;
        tables.check();
        assertEquals(NodeState.ALIVE, state(1));
        pass(10_000);
        assertEquals(NodeState.DEAD, state(1));
    }

    @Test
    void aFullTableRefusesNewNodesAndTheDeadDoNotCount() {
        for (int i = 1; i <= LIMITS.maxNodes(); i++) {
            register(i);
        }
        assertEquals(Optional.of(Denial.TABLE_FULL), tables.register(node(9), null));
        tables.unregister(id(1), "bye");
        register(9);
    }

    @Test
    void onlyTheLastDeadNodesAreKept() {
        for (int i = 1; i <= 10; i++) {
            register(i);
            tables.unregister(id(i), "bye");
            pass(10);
        }
        assertEquals(
                List.of(id(8), id(9), id(10)),
                tables.snapshot().nodes().stream()
                        .map(info -> info.registration().nodeId())
                        .collect(Collectors.toList()));
    }

    @Test
    void jobNewsIsIdempotentAndNeverRevives() {
        final JobInfo ended = running(1, 100).endedAt(200);
        tables.updateJob(running(1, 100), id(1));
        final long sequence = tables.sequence();
        tables.updateJob(running(1, 100), id(1));
        assertEquals(sequence, tables.sequence());
        tables.updateJob(ended, id(1));
        tables.updateJob(running(1, 100), id(1));
        tables.updateJob(running(1, 50), id(1));
        assertEquals(List.of(ended.on(id(1))), tables.snapshot().jobs());
        tables.updateJob(running(1, 300), id(1));
        assertTrue(tables.snapshot().jobs().get(0).isRunning());
    }

    @Test
    void finishedJobsMakeRoomAndAgeOut() {
        for (int i = 1; i <= LIMITS.maxJobs(); i++) {
            tables.updateJob(running(i, i), id(1));
        }
        tables.updateJob(running(99, 99), id(1));
        assertEquals(LIMITS.maxJobs(), tables.snapshot().jobs().size());
        assertEquals(1, tables.snapshot().jobs().get(0).jobId(), "running jobs are not forgotten");
        tables.updateJob(running(1, 1).endedAt(nowMs), id(1));
        tables.updateJob(running(99, 99), id(1));
        assertEquals(2, tables.snapshot().jobs().get(0).jobId());
        tables.updateJob(running(2, 2).endedAt(nowMs), id(1));
        pass(121_000);
        assertEquals(3, tables.snapshot().jobs().get(0).jobId());
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 20261123, 77})
    void underRandomEventsTheRulesHold(long seed) {
        final Random random = new Random(seed);
        final Map<String, NodeState> before = new HashMap<>();
        long sequence = tables.sequence();
        for (int step = 0; step < 5_000; step++) {
            final int number = 1 + random.nextInt(40);
            switch (random.nextInt(7)) {
                case 0 -> tables.register(node(number), null);
                case 1, 2, 3 -> tables.heartbeat(id(number), random.nextInt(step + 1), load(step));
                case 4 -> tables.connectionLost(id(number), null, "lost");
                case 5 ->
                    tables.updateJob(new JobInfo(number, "j", 1, step, random.nextInt(3) == 0 ? step : 0), id(number));
                default -> {
                    if (random.nextInt(20) == 0) {
                        tables.unregister(id(number), "bye");
                    }
                }
            }
            nowMs += random.nextInt(700);
            tables.check();
            final String where = "seed=" + seed + " step=" + step;
            assertTrue(tables.sequence() >= sequence, where);
            sequence = tables.sequence();
            checkRules(tables.snapshot(), before, where);
        }
    }

    private static void checkRules(ClusterSnapshot snapshot, Map<String, NodeState> before, String where) {
        assertTrue(snapshot.nodes().size() - snapshot.count(NodeState.DEAD) <= LIMITS.maxNodes(), where);
        assertTrue(snapshot.count(NodeState.DEAD) <= LIMITS.maxDeadNodes(), where);
        assertTrue(snapshot.jobs().size() <= LIMITS.maxJobs(), where);
        for (NodeInfo info : snapshot.nodes()) {
            final NodeState was = before.put(info.registration().nodeId(), info.state());
            assertFalse(was == NodeState.DEAD && info.state() != NodeState.DEAD, where);
            if (info.state() == NodeState.ALIVE) {
                assertTrue(info.sinceHeartbeatMs() < LIMITS.suspectAfterMs(), where);
            }
        }
    }

    @Test
    void jobsOfOneNumberOnTwoNodesAreTwo() {
        assertEquals(Optional.empty(), tables.register(node(1), null));
        assertEquals(Optional.empty(), tables.register(node(2), null));
        tables.updateJob(running(1, 100), id(1));
        tables.updateJob(running(1, 300), id(2));
        tables.unregister(id(1), "stopped");
        assertEquals(
                List.of(
                        running(1, 100).endedAt(nowMs).on(id(1)),
                        running(1, 300).on(id(2))),
                tables.snapshot().jobs());
    }
}
