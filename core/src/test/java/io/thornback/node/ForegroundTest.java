/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.Thornback;
import io.thornback.posix.NotifySocket;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code start --foreground} as systemd runs it: with a socket that it tells how it is. */
class ForegroundTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PATIENCE_S = 30;
    private static final long WATCHDOG_US = 1_500_000;

    @TempDir
    private Path folder;

    private Path dir;
    private Path shm;
    private Process process;

    @BeforeEach
    void makeFolders() throws IOException {
        dir = folder.resolve("dir");
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "foreground-test");
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
        TestNode.kill(dir);
        PrivateFiles.deleteTree(shm);
    }

    private void start(String socket) throws IOException {
        List<String> words = TestNode.java(
                "io.thornback.cli.Main",
                List.of(
                        "start",
                        "--head",
                        "--foreground",
                        "--dir",
                        dir.toString(),
                        "--shm-dir",
                        shm.toString(),
                        "--cpus",
                        "1",
                        "--workers",
                        "0",
                        "--store-memory",
                        "32m"));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile());
        builder.environment().put("NOTIFY_SOCKET", socket);
        builder.environment().put("WATCHDOG_USEC", Long.toString(WATCHDOG_US));
        process = builder.start();
    }

    private static String receive(NotifySocket socket, String wanted) {
        String said = socket.receive();
        while (!said.startsWith(wanted)) {
            said = socket.receive();
        }
        return said;
    }

    @Test
    void systemdIsToldOfReadinessHealthAndTheEndAndSigtermIsNoCrash() throws Exception {
        String name = "@thornback-foreground-" + ProcessHandle.current().pid();
        try (NotifySocket socket = new NotifySocket(name, PATIENCE_S)) {
            start(name);
            String first = socket.receive();
            assertEquals(
                    "EXTEND_TIMEOUT_USEC=105000000\nSTATUS=starting",
                    first,
                    "three times node.start-timeout, and 15 s");
            String second = socket.receive();
            assertTrue(second.startsWith("READY=1\nSTATUS=node "), second);
            receive(socket, "WATCHDOG=1");
            NodeFile node = NodeFile.findRunning(dir).orElseThrow();
            for (var role : node.roles().values()) {
                assertFalse(environment(role.pid()).contains("NOTIFY_SOCKET"), "a role could tell systemd anything");
            }
            ProcessControl.signal(node.roles().get(RoleSpec.OBJECTSTORE), Signals.STOP);
            String ill = receive(socket, "STATUS=not well");
            assertTrue(ill.contains("objectstore is stopped"), ill);
            ProcessControl.signal(node.roles().get(RoleSpec.OBJECTSTORE), Signals.CONT);
            assertEquals("STATUS=running, GCS at " + node.gcsAddress(), socket.receive(), "no watchdog meanwhile");
            assertEquals("WATCHDOG=1", socket.receive());
            process.destroy();
            String last = receive(socket, "STOPPING=1");
            assertTrue(
                    last.endsWith("\nEXTEND_TIMEOUT_USEC=35000000"),
                    "node.drain-timeout and node.stop-timeout, and 15 s: " + last);
            assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), Files.readString(folder.resolve("out")));
            assertFalse(node.isRunning());
            assertEquals(List.of(), SessionProcesses.find(node.session().name()));
            assertFalse(Files.exists(node.session().shm()));
        }
    }

    @Test
    void theFirstSigtermLetsTasksEndAndTheSecondDoesNot() throws Exception {
        start("");
        TestNode.eventually(LIMIT, "not ready", () -> NodeFile.findRunning(dir).isPresent());
        NodeFile node = NodeFile.findRunning(dir).orElseThrow();
        String mark = folder.resolve("mark").toString();
        try (Thornback driver =
                Thornback.connect(ConnectOptions.defaults().withDirectory(dir).withTimeout(LIMIT))) {
            driver.task(DrainTest::hold, "a", mark).submit();
            TestNode.eventually(LIMIT, "has not begun", () -> Files.exists(Path.of(mark + "-a-begun")));
            process.destroy();
            assertFalse(process.waitFor(1, TimeUnit.SECONDS), "it waits for the task");
            process.destroy();
            assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("out")));
        String log = Files.readString(node.session().log("supervisor"));
        assertTrue(log.contains("stopping now, as asked by another signal"), log);
        assertFalse(node.isRunning());
    }

    @Test
    void sigtermUndoesAStartBeforeTheProcessEnds() throws Exception {
        start("");
        TestNode.eventually(LIMIT, "no session yet", () -> !sessionsInMemory().isEmpty());
        process.destroy();
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of(), sessionsInMemory(), "exit code " + process.exitValue());
    }

    private List<Path> sessionsInMemory() {
        try (Stream<Path> entries = Files.list(shm)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("session-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String environment(long pid) throws IOException {
        return Files.readString(
                Path.of("/proc", Long.toString(pid), "environ"), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Test
    void theNodeEndsWithTheProcessThatStaysWithIt() throws Exception {
        start("");
        TestNode.eventually(LIMIT, "not ready", () -> NodeFile.findRunning(dir).isPresent());
        NodeFile node = NodeFile.findRunning(dir).orElseThrow();
        process.destroyForcibly();
        TestNode.eventually(LIMIT, "the node lives on", () -> !node.isRunning());
        assertEquals(List.of(), SessionProcesses.find(node.session().name()));
    }
}
