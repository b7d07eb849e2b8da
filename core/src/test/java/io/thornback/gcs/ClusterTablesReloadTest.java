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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in a file, which another process opens when this one has ended. */
class ClusterTablesReloadTest {
    private static final GcsLimits LIMITS = new GcsLimits(1_000, 3_000, 10_000, 60_000, 120_000, 8, 5, 12, 16);

    @TempDir
    private Path folder;

    private long nowMs = 1_000_000;
    private ClusterStore store;
    private ClusterTables tables;

    @BeforeEach
    void open() {
        store = MvClusterStore.open(folder.resolve("tables.mv"), "c1");
        tables = new ClusterTables(LIMITS, () -> nowMs * 1_000_000, () -> nowMs, store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** The process ends and another takes its place, so much later. */
    private void restart(long laterMs) {
        store.commit();
        store.close();
        nowMs += laterMs;
        open();
    }

    /** What is to outlive the process. */
    private static List<Object> lasting(ClusterSnapshot snapshot) {
        final List<Object> rows = new ArrayList<>(snapshot.jobs());
        snapshot.nodes().forEach(info -> {
            rows.add(info.registration());
            rows.add(info.state() == NodeState.DEAD);
        });
        return rows;
    }

    private List<NodeState> states() {
        return tables.snapshot().nodes().stream().map(NodeInfo::state).collect(Collectors.toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20261126, 4711})
    void atAnyMomentAnotherProcessKnowsTheSame(long seed) {
        final Random random = new Random(seed);
        final Set<String> dead = new HashSet<>();
        for (int step = 0; step < 1_500; step++) {
            final String where = "seed=" + seed + " step=" + step;
            act(random, step);
            nowMs += random.nextInt(700);
            tables.check();
            tables.snapshot().nodes().stream()
                    .filter(info -> info.state() == NodeState.DEAD)
                    .forEach(info -> dead.add(info.registration().nodeId()));
            if (random.nextInt(25) == 0) {
                final ClusterSnapshot before = tables.snapshot();
                restart(random.nextInt(20_000));
                final ClusterSnapshot after = tables.snapshot();
                assertEquals(lasting(before), lasting(after), where);
                assertTrue(after.sequence() > before.sequence(), where);
                dead.forEach(id -> assertEquals(
                        Optional.of(Denial.FENCED),
                        tables.register(node(Integer.parseInt(id.substring(40), 16)), null),
                        where));
            }
        }
        assertTrue(dead.size() > 10, "few have died: " + dead.size());
    }

    private void act(Random random, int step) {
        final int number = 1 + random.nextInt(60);
        switch (random.nextInt(8)) {
            case 0, 1 -> tables.register(node(number), null);
            case 2, 3, 4 -> tables.heartbeat(id(number), step, load(step));
            case 5 -> tables.connectionLost(id(number), null, "lost");
            case 6 ->
                tables.updateJob(new JobInfo(number % 7, "j", 1, step, random.nextInt(3) == 0 ? step : 0), id(number));
            default -> {
                if (random.nextInt(8) == 0) {
                    tables.unregister(id(number), "bye");
                }
            }
        }
    }

    @Test
    void howLongTheGcsWasAwayIsHeldAgainstNobody() {
        tables.register(node(1), null);
        restart(3_600_000);
        tables.check();
        assertEquals(List.of(NodeState.ALIVE), states());
        assertEquals(0, tables.snapshot().nodes().get(0).sinceHeartbeatMs());
        nowMs += 1_900;
        tables.check();
        assertEquals(List.of(NodeState.ALIVE), states());
        for (int i = 0; i < 20; i++) {
            nowMs += 500;
            tables.check();
        }
        assertEquals(List.of(NodeState.DEAD), states(), "who does not come back is dead in its time");
    }

    @Test
    void heartbeatsChangeNothingThatIsWritten() {
        tables.register(node(1), null);
        store.commit();
        final long commit = store.openCommit();
        for (int i = 0; i < 10; i++) {
            nowMs += 1_750;
            tables.check();
            nowMs += 1_750;
            tables.check();
            assertEquals(List.of(NodeState.SUSPECTED), states());
            tables.heartbeat(id(1), i, load(i));
            store.commit();
        }
        assertEquals(commit, store.openCommit());
    }

    @Test
    void joiningAgainChangesNothingThatIsWrittenUnlessItSaysSomethingNew() {
        tables.register(node(1), null);
        store.commit();
        restart(0);
        final long commit = store.openCommit();
        tables.register(node(1), null);
        assertTrue(store.isDurable(tables.commitOf(id(1))), "known, so it may be answered at once");
        store.commit();
        assertEquals(commit, store.openCommit());
        final NodeRegistration was = node(1);
        final NodeRegistration moved = new NodeRegistration(
                was.nodeId(), was.pid(), "10.9.9.9:7001", was.sessionDir(), was.storeBytes(), was.total());
        tables.register(moved, null);
        assertFalse(store.isDurable(tables.commitOf(id(1))));
        restart(0);
        assertEquals(moved.withJobBlock(0), tables.snapshot().nodes().get(0).registration());
    }

    @Test
    void aNewHeadTakesThePlaceOfTheOneBefore() {
        tables.headIs(id(1));
        tables.register(node(1), null);
        tables.register(node(2), null);
        tables.updateJob(running(1, 10), id(1));
        tables.updateJob(running(1, 20), id(2));
        restart(1_000);
        tables.headIs(id(1));
        assertEquals(2, tables.snapshot().nodes().size(), "the same head, another process");
        restart(1_000);
        tables.headIs(id(3));
        restart(0);
        tables.headIs(id(3));
        final ClusterSnapshot now = tables.snapshot();
        assertEquals(
                List.of(id(2)),
                now.nodes().stream().map(info -> info.registration().nodeId()).collect(Collectors.toList()));
        assertEquals(List.of(running(1, 20).on(id(2))), now.jobs());
        assertEquals(Optional.of(Denial.FENCED), tables.register(node(1), null));
        assertEquals(Optional.empty(), tables.register(node(3), null));
    }

    @Test
    void theFencedAreManyAndNotWithoutEnd() {
        for (int i = 1; i <= FencedIds.MOST + 10; i++) {
            tables.register(node(i), null);
            tables.unregister(id(i), "bye");
            tables.check();
        }
        restart(0);
        assertEquals(FencedIds.MOST, store.rows(ClusterStore.Table.FENCED).size());
        assertEquals(Optional.empty(), tables.register(node(10), null), "the oldest are let go");
        assertEquals(Optional.of(Denial.FENCED), tables.register(node(11), null));
        assertEquals(Optional.of(Denial.FENCED), tables.register(node(FencedIds.MOST + 10), null));
    }
}
