/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.load;
import static io.thornback.gcs.GcsFixtures.node;
import static io.thornback.gcs.GcsFixtures.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterStore.Table;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.NodeState;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that keeps its tables, and what its clients may rely on. */
class GcsDurabilityTest {
    private static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);
    private static final String TOKEN = JoinToken.plainText(SECRET).text();
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final GcsLimits LIMITS = GcsLimits.DEFAULT.with(500, 3_000, 60_000, 200);

    /** Jobs that ended long ago are not shown. */
    private static final long NOW_MS = System.currentTimeMillis();

    @TempDir
    private Path folder;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    private GcsService start(int port, ClusterStore store) {
        final GcsService started = GcsService.start(new GcsService.Options(
                HOST,
                port,
                NetAccess.plainText("cluster", SECRET),
                LIMITS,
                failure -> {},
                store,
                Optional.empty(),
                Optional.empty()));
        toClose.add(0, started);
        return started;
    }

    private ClusterStore file() {
        return MvClusterStore.open(folder.resolve("tables.mv"), "cluster");
    }

    private GcsClient client(int port, PeerKind kind) {
        final GcsClient client =
                GcsClient.connect(new GcsClient.Options(HOST, port, TOKEN, kind, PATIENCE, new GcsListener() {}));
        toClose.add(0, client);
        return client;
    }

    private GcsClient raylet(int port) {
        return client(port, PeerKind.RAYLET);
    }

    private ClusterSnapshot state(int port) {
        try (GcsClient tool = GcsClient.connect(GcsClient.Options.tool(HOST, port, TOKEN))) {
            return tool.clusterState(PATIENCE);
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    @Test
    void fencesNodesAndJobsOutliveTheService() throws Exception {
        final GcsService first = start(0, file());
        final int port = first.port();
        final GcsClient leaving = raylet(port);
        leaving.registerNode(node(1));
        final GcsClient staying = raylet(port);
        staying.registerNode(node(2));
        staying.jobUpdate(running(3, 30));
        staying.jobUpdate(running(4, 40).endedAt(NOW_MS));
        leaving.unregisterNode("stopping");
        until(
                "not told",
                () -> state(port).count(NodeState.DEAD) == 1
                        && state(port).jobs().size() == 2);
        final ClusterSnapshot before = state(port);
        staying.close(); // so that nobody tells the next one
        first.close();
        start(port, file());
        final ClusterSnapshot after = state(port);
        assertEquals(before.jobs(), after.jobs());
        assertEquals(
                before.nodes().stream().map(NodeInfo::registration).toList(),
                after.nodes().stream().map(NodeInfo::registration).toList());
        assertTrue(after.sequence() > before.sequence(), before.sequence() + " then " + after.sequence());
        final GcsClient back = raylet(port);
        final NetRefusedException fenced = assertThrows(NetRefusedException.class, () -> back.registerNode(node(1)));
        assertEquals(RefusalCode.NOT_ADMITTED, fenced.refusal());
        assertEquals(1, state(port).count(NodeState.DEAD));
    }

    @Test
    void aRegistrationIsAnsweredWhenItIsDurableAndTheKnownGoOnMeanwhile() throws Exception {
        final GateStore store = new GateStore();
        final GcsService service = start(0, store);
        final GcsClient known = raylet(service.port());
        known.registerNode(node(1));
        store.full(true);
        final GcsClient joining = raylet(service.port());
        final CompletableFuture<Void> joined = CompletableFuture.runAsync(() -> joining.registerNode(node(2)));
        until("never heard of", () -> state(service.port()).nodes().size() == 2);
        assertThrows(TimeoutException.class, () -> joined.get(300, TimeUnit.MILLISECONDS));
        assertEquals(1, store.onDisk(Table.NODES));
        assertTrue(known.heartbeat(load(7)));
        until("no heartbeats", () -> state(service.port()).nodes().get(0).load().equals(load(7)));
        raylet(service.port()).registerNode(node(1)); // it has nothing new to say, and need not wait
        assertFalse(joined.isDone());
        store.full(false);
        joined.get(30, TimeUnit.SECONDS);
        assertEquals(2, store.onDisk(Table.NODES));
    }

    @Test
    void newsThatWasNotNotedIsToldToTheNext() throws Exception {
        final GateStore lost = new GateStore();
        final GcsService first = start(0, lost);
        final int port = first.port();
        final GcsClient raylet = raylet(port);
        raylet.registerNode(node(1));
        raylet.jobUpdate(running(1, 10));
        until("the first is not noted", () -> lost.onDisk(Table.JOBS) == 1);
        lost.full(true);
        raylet.jobUpdate(running(1, 10).endedAt(NOW_MS));
        raylet.jobUpdate(running(2, 20));
        raylet.jobUpdate(running(2, 20).endedAt(NOW_MS + 1));
        until("not told", () -> state(port).jobs().size() == 2);
        first.close();
        start(port, file());
        until("it does not join again", () -> state(port).nodes().size() == 1);
        until("not told again", () -> state(port).jobs().size() == 2);
        until("not told all", () -> state(port).jobs().stream().noneMatch(JobInfo::isRunning));
        assertEquals(
                List.of(
                        running(1, 10).endedAt(NOW_MS).on(id(1)),
                        running(2, 20).endedAt(NOW_MS + 1).on(id(1))),
                state(port).jobs());
    }

    @Test
    void moreNewsThanMayBeUnderWayIsAllToldInTheEnd() throws Exception {
        final GateStore store = new GateStore();
        final GcsService service = start(0, store);
        final GcsClient raylet = raylet(service.port());
        raylet.registerNode(node(1));
        store.slow(20);
        final int jobs = 5 * JobNews.WINDOW;
        for (int i = 1; i <= jobs; i++) {
            raylet.jobUpdate(running(i, i));
        }
        until("not all are noted", () -> store.onDisk(Table.JOBS) == jobs);
        for (int i = 1; i <= jobs; i++) {
            raylet.jobUpdate(running(i, i).endedAt(NOW_MS + i));
        }
        until("not all have ended", () -> state(service.port()).jobs().stream().noneMatch(JobInfo::isRunning));
    }

    @Test
    void manyRegistrationsShareACommit() throws Exception {
        final GateStore store = new GateStore();
        final GcsService service = start(0, store);
        final int nodes = 100;
        final ExecutorService threads = Executors.newFixedThreadPool(nodes);
        final NetLoop loop = NetLoop.start("test-net");
        toClose.add(() -> {
            threads.shutdownNow();
            loop.close();
        });
        final List<GcsClient> clients = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            clients.add(GcsClient.connect(
                    new GcsClient.Options(HOST, service.port(), TOKEN, PeerKind.RAYLET, PATIENCE, new GcsListener() {}),
                    loop));
        }
        store.slow(50);
        final long before = store.commits();
        final List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            final int number = i + 1;
            all.add(CompletableFuture.runAsync(() -> clients.get(number - 1).registerNode(node(number)), threads));
        }
        for (CompletableFuture<Void> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertEquals(nodes, store.onDisk(Table.NODES));
        final long commits = store.commits() - before;
        assertTrue(commits <= nodes / 4, commits + " commits for " + nodes + " registrations");
        clients.forEach(GcsClient::close);
    }
}
