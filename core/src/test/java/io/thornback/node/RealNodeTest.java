/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.cli.Commanded;
import io.thornback.config.Configuration;
import io.thornback.config.GcsSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.node.NodeStopper.Outcome;
import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreCounters;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles that users get, in processes of their own, with a worker. */
class RealNodeTest {

    private static final Duration GONE = Duration.ofSeconds(10);

    /** From the end of the supervisor to the end of everything. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private Path shm;
    private Configuration configuration;

    @BeforeEach
    void configure() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "real-node-test");
        configuration = sources("0");
    }

    private Configuration sources(String port) {
        return TestNode.sources(folder)
                .code(io.thornback.config.NodeConfig.SHM_DIR, shm.toString())
                .code(GcsSettings.PORT, port)
                .code(WorkerSettings.PRESTART, "1")
                .resolve();
    }

    @AfterEach
    void leaveNothing() throws IOException {
        TestNode.kill(configuration.node().dir());
        assertSharedMemoryIsEmpty();
        PrivateFiles.deleteTree(shm);
    }

    private void assertSharedMemoryIsEmpty() throws IOException {
        try (var entries = Files.list(shm)) {
            assertEquals(List.of(), entries.toList());
        }
    }

    private NodeFile start() {
        try (NodeStarter starter = NodeStarter.start(configuration, step -> {})) {
            starter.keep();
            return starter.node();
        }
    }

    private static void awaitWorker(NodeFile node) {
        TestNode.eventually(
                GONE, "no worker", () -> SessionProcesses.find(node.session().name()).stream()
                        .anyMatch(process -> process.role().equals("worker-1")));
    }

    private static void assertGone(NodeFile node) {
        TestNode.eventually(AFTERWARDS, "a process is left", () -> SessionProcesses.find(
                        node.session().name())
                .isEmpty());
    }

    @Test
    void startsAndStopsWithEverythingThatItStarted() throws IOException {
        NodeFile node = start();
        awaitWorker(node);
        assertEquals(
                List.of("gcs", "objectstore", "raylet"),
                List.copyOf(node.roles().keySet()));
        assertTrue(node.gcsPort() > 0);
        operatorsSeeTheNode(node);
        assertEquals(
                Outcome.STOPPED, TestNode.stop(configuration.node().dir(), GONE).outcome());
        assertEquals(List.of(), SessionProcesses.find(node.session().name()));
        assertSharedMemoryIsEmpty();
    }

    private void operatorsSeeTheNode(NodeFile node) throws IOException {
        String dir = configuration.node().dir().toString();
        assertEquals(
                Files.readString(node.session().token()),
                Commanded.run("token", "--dir", dir).out());
        String settings = Commanded.run("config", "--running", "worker.prestart", "--dir", dir)
                .out();
        assertTrue(settings.matches("(?s).*worker.prestart +1 +code\\s+"), settings);
        String log = Commanded.run("logs", "--role", "supervisor", "--dir", dir).out();
        assertTrue(log.contains("node " + node.nodeId() + " ready"), log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"raylet", "supervisor"})
    void whoeverIsKilledNothingIsLeftRunning(String role) throws IOException {
        NodeFile node = start();
        awaitWorker(node);
        ProcessIdentity victim =
                role.equals("supervisor") ? node.supervisor() : node.roles().get(role);
        ProcessControl.signal(victim, Signals.KILL);
        TestNode.eventually(GONE, "the supervisor lives", () -> !node.isRunning());
        assertGone(node);
        if (role.equals("supervisor")) {
            assertTrue(Files.exists(node.session().shm()), "left to the next start");
            NodeFile next = start();
            assertFalse(Files.exists(node.session().shm()), "swept by the next start");
            assertTrue(Files.exists(next.session().shm()));
        } else {
            assertFalse(Files.exists(node.session().shm()));
            String failure = Files.readString(node.session().lastFailure());
            assertTrue(failure.contains(role + " ended: signal 9 (SIGKILL)"), failure);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Signals.KILL, Signals.TERM})
    void anObjectStoreThatIsEndedIsStartedAgainAndNothingIsLost(int signal) {
        NodeFile node = start();
        try (ObjectStoreClient client =
                ObjectStoreClient.connect(ClientOptions.of(node.session().shm(), "real-node-test", 9))) {
            byte[] value = "it was there before".getBytes(StandardCharsets.UTF_8);
            client.put(id(1), value);
            client.flush(GONE);
            ProcessIdentity before = node.roles().get("objectstore");
            ProcessControl.signal(before, signal);
            try (ObjectBuffer found = client.get(id(1))) {
                assertArrayEquals(value, found.toByteArray(), "read while the store is down");
            }
            TestNode.eventually(GONE, "not started again", () -> !objectStore().equals(before));
            assertTrue(node.isRunning());
            client.put(id(2), value);
            client.flush(GONE);
            try (ObjectStoreClient other = ObjectStoreClient.connect(
                            ClientOptions.of(node.session().shm(), "real-node-other", 9));
                    ObjectBuffer first = other.get(id(1), GONE);
                    ObjectBuffer second = other.get(id(2), GONE)) {
                assertArrayEquals(value, first.toByteArray());
                assertArrayEquals(value, second.toByteArray());
            }
            assertEquals(1, StoreCounters.read(node.session().shm()).restarts());
            assertEquals(
                    List.of(),
                    NodeStatus.of(configuration.node().dir()).orElseThrow().missing());
            assertMemoryIsShown();
        }
    }

    /** The commands that look at the store from outside, on a real one. */
    private void assertMemoryIsShown() {
        String dir = configuration.node().dir().toString();
        for (String name : List.of("memory", "objects")) {
            Commanded shown = Commanded.run(name, "--dir", dir);
            assertEquals(0, shown.exit());
            assertTrue(shown.out().contains(id(2).toString()), shown.out());
        }
        assertTrue(Commanded.run("memory", "--dir", dir).out().contains("real-node-test"), "the client's inbox");
    }

    private ProcessIdentity objectStore() {
        return NodeFile.findRunning(configuration.node().dir())
                .orElseThrow()
                .roles()
                .get("objectstore");
    }

    private static ObjectId id(int number) {
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES]);
        bytes.putInt(0, number);
        return ObjectId.of(bytes, 0);
    }

    private void stop() {
        assertEquals(
                Outcome.STOPPED, TestNode.stop(configuration.node().dir(), GONE).outcome());
    }

    @Test
    void aClusterIsTheSameAfterAnotherStartAndTalksInTls() throws IOException {
        String dir = configuration.node().dir().toString();
        NodeFile first = start();
        String token = Files.readString(first.session().token());
        assertFalse(JoinToken.parse(token).isPlainText());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(first.session().token())));
        String cluster = clusterIn(first);
        assertTrue(Files.readString(first.session().log("gcs")).contains("with TLS"), "TLS is the default");
        Commanded status = Commanded.run("status", "--dir", dir);
        assertEquals(0, status.exit(), status.out());
        assertTrue(status.out().contains("ALIVE"), status.out());
        stop();
        NodeFile second = start();
        assertEquals(token, Files.readString(second.session().token()));
        assertEquals(cluster, clusterIn(second));
        stop();
        Files.delete(second.session().cluster().resolve("secret"));
        NodeException damaged = assertThrows(NodeException.class, this::start);
        assertTrue(damaged.getMessage().contains("the cluster's identity is damaged: "), damaged.getMessage());
        assertTrue(damaged.getMessage().contains("secret is missing"), damaged.getMessage());
    }

    private static String clusterIn(NodeFile node) throws IOException {
        String log = Files.readString(node.session().log("gcs"));
        java.util.regex.Matcher cluster = java.util.regex.Pattern.compile("gcs of cluster ([0-9a-f]{32}) ")
                .matcher(log);
        assertTrue(cluster.find(), log);
        return cluster.group(1);
    }

    @Test
    void anInsecureNodeTalksInPlainTextAndSaysSo() throws IOException {
        configuration = configuration.with(java.util.Map.of(GcsSettings.INSECURE, "true"));
        NodeFile node = start();
        assertTrue(JoinToken.parse(Files.readString(node.session().token())).isPlainText());
        String log = Files.readString(node.session().log("gcs"));
        assertTrue(log.contains("gcs.insecure"), log);
        Commanded status =
                Commanded.run("status", "--dir", configuration.node().dir().toString());
        assertTrue(status.out().contains("ALIVE"), status.out());
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingIsLeft() throws IOException {
        NodeFile node = start();
        configuration = sources(Integer.toString(node.gcsPort()));
        Configuration other = configuration.with(java.util.Map.of(
                io.thornback.config.NodeConfig.DIR, folder.resolve("other").toString()));
        NodeException error = assertThrows(NodeException.class, () -> NodeStarter.start(other, step -> {}));
        assertTrue(error.getMessage().startsWith("step gcs: "), error.getMessage());
        assertTrue(error.getMessage().contains(Integer.toString(node.gcsPort())), error.getMessage());
        assertTrue(node.isRunning());
        try (var entries = Files.list(shm)) {
            assertEquals(List.of(node.session().shm()), entries.toList());
        }
    }
}
