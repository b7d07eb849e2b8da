/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.cli.Commanded;
import io.thornback.cli.JsonReader;
import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.GcsSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.gcs.DrainOrder;
import io.thornback.node.NodeStopper.Outcome;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second node of real processes joins the first, on one host with folders of its own. */
class JoinTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Path shm;
    private final List<Path> dirs = new ArrayList<>();

    @BeforeEach
    void makeSharedMemory() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "join-test");
    }

    @AfterEach
    void leaveNothing() throws IOException {
        for (int index = dirs.size() - 1; index >= 0; index--) {
            TestNode.kill(dirs.get(index));
        }
        try (Stream<Path> files = Files.walk(shm)) {
            assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
        }
        PrivateFiles.deleteTree(shm);
    }

    /** Settings of a small node in folders of its own, whose silence is noticed soon. */
    private ConfigurationSources sources(String name) {
        Path dir = folder.resolve(name);
        if (!dirs.contains(dir)) {
            dirs.add(dir);
        }
        return new ConfigurationSources()
                .code(NodeConfig.DIR, dir.toString())
                .code(NodeConfig.SHM_DIR, shm.resolve(name).toString())
                .code(NodeConfig.CPUS, "1")
                .code(StoreSettings.MEMORY, "32m")
                .code(WorkerSettings.PRESTART, "0")
                .code(GcsSettings.HEARTBEAT, "200ms")
                .code(GcsSettings.SUSPECT_AFTER, "1s")
                .code(GcsSettings.DEAD_AFTER, "3s");
    }

    private static NodeFile start(Configuration configuration) {
        try (NodeStarter starter = NodeStarter.start(configuration, step -> {})) {
            starter.keep();
            return starter.node();
        }
    }

    private Commanded join(String name, NodeFile head, String... more) {
        return Commanded.run(joining(name, head, more).toArray(String[]::new));
    }

    private List<String> joining(String name, NodeFile head, String... more) {
        Path dir = folder.resolve(name);
        if (!dirs.contains(dir)) {
            dirs.add(dir);
        }
        List<String> words = new ArrayList<>(List.of("start", "--address", head.gcsAddress()));
        words.addAll(
                List.of("--dir", dir.toString(), "--shm-dir", shm.resolve(name).toString()));
        words.addAll(List.of("--cpus", "1", "--store-memory", "32m", "--workers", "0"));
        words.addAll(List.of(more));
        return words;
    }

    private NodeFile joined(String name) {
        return NodeFile.findRunning(folder.resolve(name)).orElseThrow();
    }

    @SuppressWarnings("unchecked") // of a cast that fails the test
    private static Map<String, Object> status(Path dir) {
        Commanded status = Commanded.run("status", "--json", "--dir", dir.toString());
        assertEquals(0, status.exit(), status.err());
        return (Map<String, Object>) JsonReader.read(status.out());
    }

    @SuppressWarnings("unchecked") // of a cast that fails the test
    private static Map<String, Object> row(Path dir, String nodeId) {
        Map<String, Object> cluster = (Map<String, Object>) status(dir).get("cluster");
        assertFalse(cluster.containsKey("error"), () -> String.valueOf(cluster));
        return ((List<Map<String, Object>>) cluster.get("nodes"))
                .stream()
                        .filter(row -> row.get("nodeId").equals(nodeId))
                        .findFirst()
                        .orElse(Map.of());
    }

    private static void awaitRow(Path dir, String nodeId, Predicate<Map<String, Object>> condition) {
        TestNode.eventually(
                PATIENCE, "node " + nodeId + " never was as it should be", () -> condition.test(row(dir, nodeId)));
    }

    private static boolean isDead(Map<String, Object> row) {
        return "DEAD".equals(row.get("state"));
    }

    @Test
    void aSecondNodeJoinsIsListedOnBothSidesAndLeaves() throws IOException {
        NodeFile head = start(sources("head").resolve());
        Path headDir = head.session().dir();
        ProcessBuilder start = new ProcessBuilder(TestNode.java(
                        "io.thornback.cli.Main", joining("second", head, "--labels", "zone=b", "--resources", "gpu=2")))
                .redirectErrorStream(true);
        start.environment()
                .put("THORNBACK_TOKEN", Files.readString(head.session().token()));
        String started = TestNode.run(start);
        assertTrue(started.contains("gcs      " + head.gcsAddress() + ", joined"), started);
        NodeFile second = joined("second");
        assertEquals(NodeKind.HEAD, head.kind());
        assertEquals(NodeKind.JOINED, second.kind());
        assertEquals(
                List.of("objectstore", "raylet"), List.copyOf(second.roles().keySet()));
        assertEquals(head.gcsAddress(), second.gcsAddress());
        for (NodeFile node : List.of(head, second)) {
            Path dir = node.session().dir();
            assertEquals(node.kind().text(), status(dir).get("kind"));
            awaitRow(
                    dir,
                    second.nodeId(),
                    row -> "ALIVE".equals(row.get("state"))
                            && String.valueOf(row.get("labels")).contains("zone=b")
                            && String.valueOf(row.get("total")).contains("gpu"));
            assertEquals("127.0.0.1", row(dir, second.nodeId()).get("address"));
            assertEquals("ALIVE", row(dir, head.nodeId()).get("state"));
            Commanded table = Commanded.run("status", "--dir", dir.toString());
            assertTrue(table.out().contains("kind     " + node.kind().text()), table.out());
            assertTrue(table.out().contains("127.0.0.1 (this node)"), table.out());
        }
        Commanded changed = Commanded.run(
                "node",
                "--set-label",
                "zone=c",
                "--dir",
                folder.resolve("second").toString());
        assertTrue(changed.out().contains("(joined)"), changed.out());
        awaitRow(headDir, second.nodeId(), row -> String.valueOf(row.get("labels"))
                .contains("zone=c"));
        assertTokenIsNowhere(second);

        Commanded stopped =
                Commanded.run("stop", "--dir", folder.resolve("second").toString());
        assertEquals(0, stopped.exit(), stopped.err());
        assertTrue(isDead(row(headDir, second.nodeId())), "the head sees it gone at once");
        assertEquals("ALIVE", row(headDir, head.nodeId()).get("state"));
        assertTrue(head.isRunning());
    }

    /** It is in one file of the session, and where the kernel or a log would show it to others it is not. */
    private static void assertTokenIsNowhere(NodeFile node) throws IOException {
        String token = Files.readString(node.session().token()).strip();
        String secret = token.substring(token.lastIndexOf('.') + 1);
        assertTrue(secret.length() > 16, "a secret");
        List<Long> pids = new ArrayList<>(List.of(node.supervisor().pid()));
        SessionProcesses.find(node.session().name())
                .forEach(process -> pids.add(process.identity().pid()));
        assertTrue(pids.size() >= 3, pids::toString);
        for (long pid : pids) {
            for (String file : List.of("cmdline", "environ")) {
                Path path = Path.of("/proc", Long.toString(pid), file);
                assertFalse(Files.readString(path, StandardCharsets.ISO_8859_1).contains(secret), path::toString);
            }
        }
        try (Stream<Path> files = Files.walk(node.session().dir())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                boolean has =
                        Files.readString(file, StandardCharsets.ISO_8859_1).contains(secret);
                assertEquals(file.equals(node.session().token()), has, file::toString);
            }
        }
    }

    @Test
    void aJoinThatIsRefusedOrFindsNobodySaysWhyAndIsUndone() throws IOException {
        NodeFile head = start(sources("head").code(GcsSettings.MAX_NODES, "1").resolve());
        Path token = head.session().token();
        Commanded full = join("second", head, "--token-file", token.toString());
        assertFailed(full, head.gcsAddress(), "the cluster has its 1 nodes");

        Path wrong = Files.writeString(
                folder.resolve("wrong"), wrong(Files.readString(token).strip()));
        assertFailed(join("second", head, "--token-file", wrong.toString()), head.gcsAddress(), "token");

        Configuration nobody = sources("second")
                .code(ClusterSettings.ADDRESS, "127.0.0.1:" + closedPort())
                .code(ClusterSettings.JOIN_TIMEOUT, "2500ms")
                .resolve();
        List<String> waited = new ArrayList<>();
        String shown = Files.readString(token).strip();
        NodeException error = assertThrows(
                NodeException.class, () -> NodeStarter.join(nobody, shown, step -> waited.add(step.waitsFor())));
        assertTrue(error.getMessage().contains("cannot connect to 127.0.0.1"), error.getMessage());
        assertTrue(error.getMessage().contains("cluster.join-timeout=2500ms"), error.getMessage());
        assertTrue(waited.stream().anyMatch(what -> what.contains("refused")), () -> "progress: " + waited);
        assertNothingRuns("second");
        assertTrue(head.isRunning());
    }

    /** The same but for its last character. */
    private static String wrong(String token) {
        return token.substring(0, token.length() - 1) + (token.endsWith("0") ? "1" : "0");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void assertFailed(Commanded join, String... parts) throws IOException {
        assertEquals(1, join.exit(), join.err());
        String first = join.err().lines().findFirst().orElse("");
        for (String part : parts) {
            assertTrue(first.contains(part), join.err());
        }
        assertTrue(first.contains("cannot join the cluster"), join.err());
        assertNothingRuns("second");
    }

    private void assertNothingRuns(String name) throws IOException {
        assertTrue(NodeFile.findRunning(folder.resolve(name)).isEmpty());
        assertTrue(NodeLock.holder(folder.resolve(name)).isEmpty());
        try (Stream<Path> left = Files.list(shm.resolve(name))) {
            assertEquals(List.of(), left.toList());
        }
    }

    private NodeFile startSecond(NodeFile head) throws IOException {
        Configuration configuration = sources("second")
                .code(ClusterSettings.ADDRESS, head.gcsAddress())
                .resolve();
        String token = Files.readString(head.session().token()).strip();
        try (NodeStarter starter = NodeStarter.join(configuration, token, step -> {})) {
            starter.keep();
            return starter.node();
        }
    }

    @Test
    void aHeadThatIsStartedAgainInItsFolderHasItsNodesBack() throws IOException {
        NodeFile head = start(sources("head").resolve());
        NodeFile second = startSecond(head);
        ProcessControl.signal(head.roles().get("raylet"), Signals.KILL);
        TestNode.eventually(PATIENCE, "the head lives on without a raylet", () -> !head.isRunning());
        TestNode.eventually(PATIENCE, "the node does not notice", () -> GcsAbsence.of(second.session())
                .isPresent());
        NodeFile next = start(sources("head")
                .code(GcsSettings.PORT, Integer.toString(head.gcsPort()))
                .resolve());
        awaitRow(next.session().dir(), second.nodeId(), row -> "ALIVE".equals(row.get("state")));
        assertEquals(second, joined("second"));
        assertEquals(Map.of(), row(next.session().dir(), head.nodeId()), "another has the former head's place");
    }

    @Test
    void aGcsThatIsKilledIsStartedAgainAtItsPortAndItsNodesStay() throws IOException {
        NodeFile head = start(sources("head").resolve());
        Path headDir = head.session().dir();
        NodeFile second = startSecond(head);
        awaitRow(headDir, second.nodeId(), row -> "ALIVE".equals(row.get("state")));
        ProcessControl.signal(head.roles().get("gcs"), Signals.KILL);
        TestNode.eventually(PATIENCE, "not started again", () -> !NodeFile.findRunning(headDir)
                .orElseThrow()
                .roles()
                .get("gcs")
                .equals(head.roles().get("gcs")));
        NodeFile next = NodeFile.findRunning(headDir).orElseThrow();
        assertEquals(head.gcsAddress(), next.gcsAddress());
        for (NodeFile node : List.of(head, second)) {
            TestNode.eventually(PATIENCE, "still without a GCS", () -> GcsAbsence.of(node.session())
                    .isEmpty());
            awaitRow(headDir, node.nodeId(), row -> "ALIVE".equals(row.get("state")));
        }
        assertEquals(second, joined("second"));
        assertEquals(head.roles().get("raylet"), next.roles().get("raylet"));
        // Long enough for who had not come back to be dead.
        LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
        assertEquals("ALIVE", row(headDir, second.nodeId()).get("state"));
        assertEquals("ALIVE", row(headDir, head.nodeId()).get("state"));
        assertFalse(Files.readString(head.session().log("gcs")).contains("node is dead"));
    }

    @Test
    void aGcsThatIsStartedAgainWaitsForItsPort() throws IOException {
        NodeFile head = start(sources("head").resolve());
        ProcessControl.signal(head.roles().get("gcs"), Signals.KILL);
        try (ServerSocket other = new ServerSocket()) {
            TestNode.eventually(PATIENCE, "the port is not free", () -> listens(other, head.gcsPort()));
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            assertTrue(head.supervisor().isAlive());
        }
        TestNode.eventually(PATIENCE, "still without a GCS", () -> GcsAbsence.of(head.session())
                .isEmpty());
        assertEquals(
                head.gcsAddress(),
                NodeFile.findRunning(head.session().dir()).orElseThrow().gcsAddress());
    }

    private static boolean listens(ServerSocket socket, int port) {
        try {
            if (!socket.isBound()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends when its file is there. */
    static String hold(String begun, String go) throws IOException, InterruptedException {
        Files.createFile(Path.of(begun));
        while (!Files.exists(Path.of(go))) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return "held";
    }

    private static CompletableFuture<Commanded> drain(String node, NodeFile from, String... more) {
        List<String> words = new ArrayList<>(
                List.of("drain", node, "--dir", from.session().dir().toString()));
        words.addAll(List.of(more));
        return CompletableFuture.supplyAsync(() -> Commanded.run(words.toArray(String[]::new)));
    }

    @Test
    void aNodeIsDrainedFromAnother() throws IOException {
        NodeFile head = start(sources("head").resolve());
        NodeFile second = startSecond(head);
        Path headDir = head.session().dir();
        awaitRow(headDir, second.nodeId(), row -> "ALIVE".equals(row.get("state")));
        Path begun = folder.resolve("begun");
        Path go = folder.resolve("go");
        try (Thornback driver = Thornback.connect(
                ConnectOptions.defaults().withDirectory(second.session().dir()).withTimeout(PATIENCE))) {
            ObjectRef<String> held =
                    driver.task(JoinTest::hold, begun.toString(), go.toString()).submit();
            TestNode.eventually(PATIENCE, "not begun", () -> Files.exists(begun));
            Commanded both = drain("127.0.0.1", head).join();
            assertEquals(1, both.exit());
            assertTrue(both.err().contains("2 nodes of the cluster are meant by '127.0.0.1'"), both.err());
            Commanded none = drain("fee1dead", head).join();
            assertEquals(1, none.exit());
            assertTrue(none.err().contains("no node of the cluster has an id that begins with 'fee1dead'"), none.err());

            CompletableFuture<Commanded> drained =
                    drain(second.nodeId().substring(0, 12), head, "--reason", "new disk");
            awaitRow(headDir, second.nodeId(), row -> "DRAINING".equals(row.get("state")));
            assertFalse(drained.isDone(), "it waits for the task");
            Files.createFile(go);
            assertEquals("held", held.get(PATIENCE));
            Commanded ended = drained.join();
            assertEquals(0, ended.exit(), ended.err());
            assertTrue(ended.out().contains("has left the cluster after"), ended.out());
            assertTrue(ended.err().contains("is DRAINING; tasks that run: 1, that wait: 0"), ended.err());
        }
        TestNode.eventually(PATIENCE, "it lives", () -> !second.isRunning());
        String log = Files.readString(second.session().log("supervisor"));
        assertTrue(log.contains("asked by the cluster (new disk) to stop"), log);
        String gcs = Files.readString(head.session().log("gcs"));
        assertTrue(gcs.contains("node drains: id=" + second.nodeId()) && gcs.contains("new disk"), gcs);
        String tooLong = "x".repeat(DrainOrder.MAX_REASON + 1);
        Commanded wordy = drain("fee1dead", head, "--reason", tooLong).join();
        assertEquals(2, wordy.exit());
        assertTrue(wordy.err().contains("the reason is too long"), wordy.err());
        assertTrue(isDead(row(headDir, second.nodeId())));
        assertTrue(head.isRunning());
    }

    @Test
    void aDrainFromElsewhereEndsWhatIsNotFinishedAtItsDeadline() throws IOException {
        NodeFile head = start(sources("head").resolve());
        NodeFile second = startSecond(head);
        Path begun = folder.resolve("begun");
        try (Thornback driver = Thornback.connect(
                ConnectOptions.defaults().withDirectory(second.session().dir()).withTimeout(PATIENCE))) {
            ObjectRef<String> held = driver.task(
                            JoinTest::hold,
                            begun.toString(),
                            folder.resolve("never").toString())
                    .retries(0)
                    .submit();
            TestNode.eventually(PATIENCE, "not begun", () -> Files.exists(begun));
            Commanded drained =
                    drain(second.nodeId(), head, "--deadline", "700ms").join();
            assertEquals(1, drained.exit(), drained.err());
            assertTrue(drained.out().contains("has left the cluster after"), drained.out());
            assertThrows(ThornbackException.class, () -> held.get(PATIENCE));
        }
        TestNode.eventually(PATIENCE, "it lives", () -> !second.isRunning());
    }

    @Test
    void aJoinedNodeThatStoodStillForTooLongComesBackAsAnother() throws IOException {
        NodeFile head = start(sources("head").resolve());
        NodeFile second = startSecond(head);
        Path headDir = head.session().dir();
        ProcessControl.signal(second.roles().get("raylet"), Signals.STOP);
        awaitRow(headDir, second.nodeId(), JoinTest::isDead);
        assertTrue(second.isRunning());
        ProcessControl.signal(second.roles().get("raylet"), Signals.CONT);
        TestNode.eventually(PATIENCE, "it does not come back", () -> NodeFile.findRunning(folder.resolve("second"))
                .filter(next -> !next.nodeId().equals(second.nodeId()))
                .isPresent());
        awaitRow(headDir, joined("second").nodeId(), row -> "ALIVE".equals(row.get("state")));
        assertTrue(isDead(row(headDir, second.nodeId())), "what was dead stays so");
    }

    @Test
    void aJoinedNodeWhoseRayletIsKilledIsDeadForTheHeadWithinASecond() throws IOException {
        NodeFile head = start(sources("head").resolve());
        NodeFile second = startSecond(head);
        Path headDir = head.session().dir();
        awaitRow(headDir, second.nodeId(), row -> "ALIVE".equals(row.get("state")));
        long killedNs = System.nanoTime();
        ProcessControl.signal(second.roles().get("raylet"), Signals.KILL);
        awaitRow(headDir, second.nodeId(), JoinTest::isDead);
        long tookMs = (System.nanoTime() - killedNs) / 1_000_000;
        assertTrue(tookMs < 1_000, "that nobody listens there any more is proof, and it took ms " + tookMs);
        TestNode.eventually(PATIENCE, "the node lives on without a raylet", () -> !second.isRunning());
        assertTrue(Files.readString(second.session().lastFailure()).contains("raylet ended: signal 9 (SIGKILL)"));
        assertEquals(
                Outcome.NOTHING_RUNNING,
                TestNode.stop(folder.resolve("second"), PATIENCE).outcome());
    }
}
