/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.cli.Commanded;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.GcsSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.ids.JobId;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of real processes know of each other, and do not meet in what is to be unique in their cluster. */
class NodesOfAClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path shm;
    private NodeFile head;
    private NodeFile second;

    @BeforeEach
    void startBoth() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "cluster-test");
        ConfigurationSources sources = new ConfigurationSources()
                .code(NodeConfig.DIR, folder.resolve("head").toString())
                .code(NodeConfig.SHM_DIR, shm.resolve("head").toString())
                .code(NodeConfig.CPUS, "1")
                .code(StoreSettings.MEMORY, "32m")
                .code(WorkerSettings.PRESTART, "0")
                .code(GcsSettings.HEARTBEAT, "200ms");
        try (NodeStarter starter = NodeStarter.start(sources.resolve(), step -> {})) {
            starter.keep();
            head = starter.node();
        }
        Commanded joined = Commanded.run(
                "start",
                "--address",
                head.gcsAddress(),
                "--token-file",
                head.session().token().toString(),
                "--dir",
                folder.resolve("second").toString(),
                "--shm-dir",
                shm.resolve("second").toString(),
                "--cpus",
                "1",
                "--store-memory",
                "32m",
                "--workers",
                "0",
                "--resources",
                "gpu=1");
        assertEquals(0, joined.exit(), joined.err());
        second = NodeFile.findRunning(folder.resolve("second")).orElseThrow();
    }

    @AfterEach
    void endBoth() throws IOException {
        for (String name : List.of("second", "head")) {
            TestNode.kill(folder.resolve(name));
        }
        PrivateFiles.deleteTree(shm);
    }

    private static Thornback connect(NodeFile node) {
        return Thornback.connect(
                ConnectOptions.defaults().withDirectory(node.session().dir()).withTimeout(PATIENCE));
    }

    private String status() {
        return Commanded.run("status", "--dir", folder.resolve("head").toString())
                .out();
    }

    static int one() {
        return 1;
    }

    @Test
    void jobsOfTwoNodesHaveNumbersOfTheirOwn() {
        try (Thornback here = connect(head);
                Thornback there = connect(second)) {
            JobId first = here.runtimeContext().job();
            JobId other = there.runtimeContext().job();
            assertEquals(1, first.value(), "the first job of the first node");
            assertEquals(1, other.value() & 0xFFFF, "the first of its node");
            assertNotEquals(first, other);
            assertTrue(other.value() > 0, other.toString());
        }
    }

    @Test
    void whatNoResourceOfThisNodeCanRunIsToldWhoHasIt() {
        String id = second.nodeId().substring(0, 12);
        try (Thornback driver = connect(head)) {
            ObjectRef<Integer> waiting =
                    driver.task(NodesOfAClusterTest::one).resource("gpu", 1).submit();
            TestNode.eventually(PATIENCE, "never told of node " + id, () -> {
                try {
                    waiting.get(Duration.ofSeconds(1));
                } catch (GetTimeoutException e) {
                    return e.getMessage().contains("node " + id + " at 127.0.0.1 could run it");
                }
                return false;
            });
            assertTrue(status().contains("could run it"), status());
            ProcessControl.signal(second.roles().get(RoleSpec.RAYLET), Signals.KILL);
            TestNode.eventually(
                    PATIENCE,
                    "a node that has died is still named",
                    () -> status().contains("asks for gpu=1") && !status().contains("could run it"));
            assertTrue(head.isRunning());
        }
    }
}
