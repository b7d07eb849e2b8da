/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thornback.node.NetworkNamespaces.Host;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head and nodes that have joined it on hosts of their own: cables are pulled, and two hosts are cut off from each other alone. */
class PartitionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long DEAD_AFTER_MS = 6_000;
    private static final long SUSPECT_AFTER_MS = 1_000;
    private static final long LATENESS_MS = 4_000;
    private static final long CERTIFIED_MS = 4_000;

    @TempDir
    private Path folder;

    private Path shm;
    private NetworkNamespaces hosts;
    private Process watch;
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

    @BeforeEach
    void layTheCable() throws IOException {
        StringBuilder whyNot = new StringBuilder();
        Optional<NetworkNamespaces> made = NetworkNamespaces.make(whyNot);
        assumeTrue(made.isPresent(), whyNot::toString);
        hosts = made.get();
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "partition-test");
    }

    @AfterEach
    void leaveNothing() throws IOException {
        if (hosts == null) {
            return;
        }
        if (watch != null) {
            watch.destroyForcibly();
        }
        for (Host host : List.of(Host.THIRD, Host.SECOND, Host.HEAD)) {
            if (Files.isDirectory(dir(host))) {
                TestNode.kill(dir(host));
            }
        }
        hosts.close();
        try (Stream<Path> files = Files.walk(shm)) {
            assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
        }
        PrivateFiles.deleteTree(shm);
    }

    private Path dir(Host host) {
        return folder.resolve(host.name());
    }

    private String command(Host host, String... words) {
        ProcessBuilder process = hosts.process(host, TestNode.java("io.thornback.cli.Main", List.of(words)));
        process.environment()
                .putAll(Map.of(
                        "THORNBACK_DIR",
                        dir(host).toString(),
                        "THORNBACK_SHM_DIR",
                        shm.resolve(host.name()).toString(),
                        "THORNBACK_NODE_CPUS",
                        "1",
                        "THORNBACK_STORE_MEMORY",
                        "32m",
                        "THORNBACK_WORKER_PRESTART",
                        "0",
                        "THORNBACK_GCS_HEARTBEAT",
                        "200ms",
                        "THORNBACK_GCS_SUSPECT_AFTER",
                        SUSPECT_AFTER_MS + "ms",
                        "THORNBACK_GCS_DEAD_AFTER",
                        DEAD_AFTER_MS + "ms",
                        "THORNBACK_GCS_HOST",
                        Host.HEAD.address()));
        return TestNode.run(process);
    }

    private NodeFile node(Host host) {
        return NodeFile.findRunning(dir(host)).orElseThrow();
    }

    private void watch() throws IOException {
        watch = hosts.process(
                        Host.HEAD,
                        TestNode.java(
                                WatchClusterMain.class.getName(),
                                List.of(dir(Host.HEAD).toString())))
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(() -> lines.lines().forEach(changes::add), "watch");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits for a change after which the second host's node is so; the result is the whole line, by node. */
    private Map<String, String> await(String nodeId, String state) throws InterruptedException {
        return await(Host.SECOND, nodeId, state);
    }

    private Map<String, String> await(Host host, String nodeId, String state) throws InterruptedException {
        String want = state + "@" + host.address();
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        List<String> seen = new ArrayList<>();
        while (true) {
            String line = changes.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertTrue(line != null, () -> "never " + nodeId + "=" + want + " but " + seen);
            seen.add(line);
            Map<String, String> nodes = new LinkedHashMap<>();
            for (String word : line.split(" ", -1)) {
                nodes.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
            }
            if (want.equals(nodes.get(nodeId))) {
                return nodes;
            }
        }
    }

    private NodeFile startHead() {
        command(Host.HEAD, "start", "--head");
        return node(Host.HEAD);
    }

    private NodeFile join(Host host, NodeFile head) {
        String token = head.session().token().toString();
        command(host, "start", "--address", head.gcsAddress(), "--token-file", token);
        return node(host);
    }

    /** Four ports for passing use, so that the kernel soon takes the one that is asked for as the one to ask from. */
    @Test
    void whoIsConnectedToItselfKnowsThatNobodyListens() {
        TestNode.run(hosts.process(
                Host.HEAD, List.of("sh", "-c", "echo 40000 40003 > /proc/sys/net/ipv4/ip_local_port_range")));
        String said = TestNode.run(
                hosts.process(Host.HEAD, TestNode.java(ConnectToNobodyMain.class.getName(), List.of("40000"))));
        assertTrue(said.contains("connected to itself"), said);
        assertEquals(
                List.of(),
                said.lines()
                        .filter(line -> !line.startsWith("CANNOT_CONNECT true "))
                        .toList());
    }

    @Test
    void aNodeThatOthersReachIsNotDeadBecauseTheHeadDoesNotReachIt() throws Exception {
        NodeFile head = startHead();
        NodeFile second = join(Host.SECOND, head);
        NodeFile third = join(Host.THIRD, head);
        watch();
        await(Host.THIRD, third.nodeId(), "ALIVE");
        TimeUnit.MILLISECONDS.sleep(CERTIFIED_MS); // it answers others from then on

        long cutNs = System.nanoTime();
        hosts.cut(Host.HEAD, Host.SECOND, true);
        await(second.nodeId(), "SUSPECTED");
        Path log = head.session().log("gcs");
        String why = "node is cut off from here, not from " + Host.THIRD.address();
        TestNode.eventually(PATIENCE, "not logged: " + why, () -> {
            try {
                return Files.readString(log).contains(why);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        TimeUnit.NANOSECONDS.sleep(
                cutNs + TimeUnit.MILLISECONDS.toNanos(DEAD_AFTER_MS + LATENESS_MS) - System.nanoTime());
        hosts.cut(Host.HEAD, Host.SECOND, false);
        await(second.nodeId(), "ALIVE");
        assertEquals(second, node(Host.SECOND), "it is the same, after a silence that is death for others");

        long apartNs = System.nanoTime();
        hosts.cut(Host.HEAD, Host.SECOND, true);
        hosts.plug(Host.THIRD, false);
        await(second.nodeId(), "SUSPECTED");
        await(second.nodeId(), "DEAD"); // nobody has anything to say for it
        long deadMs = (System.nanoTime() - apartNs) / 1_000_000;
        assertTrue(deadMs > DEAD_AFTER_MS - 1_000, "dead after ms " + deadMs);
        assertTrue(
                deadMs < 2 * DEAD_AFTER_MS + LATENESS_MS, "dead after ms " + deadMs); // an answer of before may count
    }

    @Test
    void aNodeThatIsCutOffIsSuspectedThenDeadAndComesBackAsAnother() throws Exception {
        NodeFile head = startHead();
        NodeFile second = join(Host.SECOND, head);
        watch();
        await(second.nodeId(), "ALIVE");

        hosts.plug(Host.SECOND, false);
        await(second.nodeId(), "SUSPECTED");
        hosts.plug(Host.SECOND, true);
        await(second.nodeId(), "ALIVE"); // cut off for a moment only: it is the same
        assertEquals(second, node(Host.SECOND));

        long cutNs = System.nanoTime();
        hosts.plug(Host.SECOND, false);
        await(second.nodeId(), "SUSPECTED");
        long suspectedMs = (System.nanoTime() - cutNs) / 1_000_000;
        await(second.nodeId(), "DEAD");
        long deadMs = (System.nanoTime() - cutNs) / 1_000_000;
        assertTrue(suspectedMs < SUSPECT_AFTER_MS + LATENESS_MS, "suspected after ms " + suspectedMs);
        assertTrue(deadMs > DEAD_AFTER_MS - 1_000, "dead after ms " + deadMs);
        assertTrue(deadMs < DEAD_AFTER_MS + LATENESS_MS, "dead after ms " + deadMs);
        String shown = command(Host.SECOND, "status");
        assertTrue(shown.contains("is running"), shown);
        assertTrue(shown.contains("the GCS does not answer"), shown);
        assertEquals(second, node(Host.SECOND), "it lives on, alone");

        hosts.plug(Host.SECOND, true);
        TestNode.eventually(PATIENCE, "it does not come back", () -> NodeFile.findRunning(dir(Host.SECOND))
                .filter(next -> !next.nodeId().equals(second.nodeId()))
                .isPresent());
        NodeFile next = node(Host.SECOND);
        Map<String, String> nodes = await(next.nodeId(), "ALIVE");
        assertEquals("DEAD@" + Host.SECOND.address(), nodes.get(second.nodeId()), "what was dead stays so");
        assertEquals(second.supervisor(), next.supervisor());
        assertFalse(Files.exists(second.session().shm()));

        command(Host.SECOND, "stop");
        await(next.nodeId(), "DEAD");
        command(Host.HEAD, "stop");
    }
}
