/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.cli.Commanded;
import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.gcs.ClusterSnapshot;
import io.thornback.gcs.GcsClient;
import io.thornback.gcs.GcsLimits;
import io.thornback.gcs.GcsListener;
import io.thornback.gcs.GcsService;
import io.thornback.gcs.NodeInfo;
import io.thornback.gcs.NodeRegistration;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A joined node of real processes, whose GCS is in the hands of the test. */
class HeadAwayTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOST = "127.0.0.1";
    private static final String SECRET = RandomHex.of(JoinToken.DIGITS / 2);
    private static final String TOKEN = JoinToken.plainText(SECRET).text();
    private static final GcsLimits LIMITS = GcsLimits.DEFAULT.with(200, 1_000, 60_000, 10);

    @TempDir
    private Path folder;

    private Path shm;
    private GcsService gcs;
    private Configuration configuration;

    @BeforeEach
    void makeGcs() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "head-away-test");
        gcs = startGcs(0);
        configuration = Configuration.defaults()
                .with(java.util.Map.of(
                        NodeConfig.DIR, folder.resolve("dir").toString(),
                        NodeConfig.SHM_DIR, shm.toString(),
                        NodeConfig.CPUS, "1",
                        StoreSettings.MEMORY, "32m",
                        WorkerSettings.PRESTART, "0",
                        ClusterSettings.ADDRESS, HOST + ":" + gcs.port(),
                        ClusterSettings.HOST, "node.example"));
    }

    private static GcsService startGcs(int port) {
        return GcsService.start(
                new GcsService.Options(HOST, port, NetAccess.plainText("test", SECRET), LIMITS, failure -> {}));
    }

    @AfterEach
    void leaveNothing() throws IOException {
        gcs.close();
        TestNode.kill(configuration.node().dir());
        try (Stream<Path> left = Files.list(shm)) {
            assertEquals(List.of(), left.toList());
        }
        PrivateFiles.deleteTree(shm);
    }

    private NodeFile join() {
        try (NodeStarter starter = NodeStarter.join(configuration, TOKEN, step -> {})) {
            starter.keep();
            return starter.node();
        }
    }

    private NodeFile running() {
        return NodeFile.findRunning(configuration.node().dir()).orElseThrow();
    }

    private ClusterSnapshot cluster() {
        try (GcsClient tool = GcsClient.connect(GcsClient.Options.tool(HOST, gcs.port(), TOKEN))) {
            return tool.clusterState(PATIENCE);
        }
    }

    private NodeState stateOf(String nodeId) {
        return cluster().nodes().stream()
                .filter(node -> node.registration().nodeId().equals(nodeId))
                .map(NodeInfo::state)
                .findFirst()
                .orElse(NodeState.NULL_VAL);
    }

    private String status() {
        return Commanded.run("status", "--dir", configuration.node().dir().toString())
                .out();
    }

    @Test
    void theNodeGoesOnWithoutItsHeadAndIsBackWithItUnderItsId() {
        NodeFile node = join();
        assertEquals("node.example", cluster().nodes().get(0).registration().address());
        assertEquals(node.nodeId(), cluster().nodes().get(0).registration().nodeId());
        int port = gcs.port();
        gcs.close();
        TestNode.eventually(PATIENCE, "the node does not notice", () -> GcsAbsence.of(node.session())
                .isPresent());
        String shown = status();
        assertTrue(shown.contains("the GCS does not answer: "), shown);
        assertTrue(shown.contains("this node has had no connection to it for "), shown);
        assertTrue(node.isRunning());
        gcs = startGcs(port);
        TestNode.eventually(PATIENCE, "it does not join again", () -> stateOf(node.nodeId()) == NodeState.ALIVE);
        TestNode.eventually(PATIENCE, "it still says so", () -> GcsAbsence.of(node.session())
                .isEmpty());
        assertEquals(node, running());
        assertTrue(status().contains("ALIVE"), "listed again");
    }

    @Test
    void aNodeThatWasDeclaredDeadComesBackAsAnother() {
        NodeFile node = join();
        declareDead(node.nodeId());
        TestNode.eventually(PATIENCE, "it does not come back", () -> NodeFile.findRunning(
                        configuration.node().dir())
                .filter(next -> !next.nodeId().equals(node.nodeId()))
                .isPresent());
        NodeFile next = running();
        assertEquals(node.supervisor(), next.supervisor(), "the same supervisor, in a new session");
        assertEquals(NodeState.DEAD, stateOf(node.nodeId()));
        TestNode.eventually(PATIENCE, "it is not listed", () -> stateOf(next.nodeId()) == NodeState.ALIVE);
        assertFalse(Files.exists(node.session().shm()));
        assertEquals(List.of(), SessionProcesses.find(node.session().name()));
        TestNode.stop(configuration.node().dir(), PATIENCE);
        assertEquals(NodeState.DEAD, stateOf(next.nodeId()), "it has said goodbye");
    }

    /** As if it had been silent for too long: another process says goodbye in its name. */
    private void declareDead(String nodeId) {
        GcsClient.Options options = GcsClient.Options.raylet(HOST, gcs.port(), TOKEN, new GcsListener() {});
        try (GcsClient twin = GcsClient.connect(options)) {
            twin.registerNode(new NodeRegistration(nodeId, 1, "twin", "/nowhere", 0, ResourceSet.cpus(1)));
            twin.unregisterNode("the test has it dead");
        }
    }
}
