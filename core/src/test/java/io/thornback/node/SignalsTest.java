/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.Thornback;
import io.thornback.cli.Commanded;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP and SIGUSR1 to the supervisor of a real node. */
class SignalsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private Path shm;
    private Path file;
    private Configuration configuration;
    private NodeFile node;

    @BeforeEach
    void start() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "signals-test");
        file = Files.writeString(folder.resolve("conf"), "log.level=warn\n");
        configuration = new ConfigurationSources()
                .file(Optional.of(file), Map.of(), Optional.empty())
                .code(NodeConfig.DIR, folder.resolve("dir").toString())
                .code(NodeConfig.SHM_DIR, shm.toString())
                .code(NodeConfig.CPUS, "1")
                .code(WorkerSettings.PRESTART, "0")
                .code(StoreSettings.MEMORY, "32m")
                .resolve();
        try (NodeStarter starter = NodeStarter.start(configuration, step -> {})) {
            starter.keep();
            node = starter.node();
        }
    }

    @AfterEach
    void stop() throws IOException {
        TestNode.stop(configuration.node().dir(), LIMIT);
        PrivateFiles.deleteTree(shm);
    }

    private static String text(Path path) {
        try {
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aHangUpReadsTheFileAgainAndOpensTheLogsAgain() throws IOException {
        Path log = node.session().log("supervisor");
        Path gcs = node.session().log("gcs");
        Files.move(gcs, gcs.resolveSibling("gcs.moved"));
        Files.writeString(file, "log.level=info\ngcs.port=7\n");
        ProcessControl.signal(node.supervisor(), Signals.HUP);
        TestNode.eventually(LIMIT, "not reloaded", () -> text(log).contains("reloaded; logs are open again"));
        String said = text(log);
        assertTrue(said.contains("log.level=info (file " + file + ") from now on"), said);
        assertTrue(said.contains("gcs.port=7 (file " + file + ") is for the next start"), said);
        TestNode.eventually(LIMIT, "the role has not opened its log again", () -> Files.exists(gcs));
        String running = Commanded.run(
                        "config",
                        "--running",
                        "log.level",
                        "gcs.port",
                        "--dir",
                        node.session().dir().toString())
                .out();
        assertTrue(running.matches("(?s).*gcs.port +0 +default.*log.level +info +file .*"), running);
        Files.writeString(file, "log.level=loud\n");
        ProcessControl.signal(node.supervisor(), Signals.HUP);
        TestNode.eventually(LIMIT, "an error is not told", () -> text(log)
                .contains("the configuration stays as it was: log.level=loud"));
        assertTrue(node.isRunning());
    }

    static String logOfWorker() {
        return System.getProperty("thornback.log.level");
    }

    @Test
    void aHangUpReachesTheWorkersThatRunAndTheLogsOfThoseThatEndHaveALimit() throws IOException {
        try (Thornback driver = Thornback.connect(
                ConnectOptions.defaults().withDirectory(node.session().dir()).withTimeout(LIMIT))) {
            assertEquals("warn", driver.task(SignalsTest::logOfWorker).submit().get(LIMIT));
            Path old = Files.writeString(node.session().logs().resolve("worker-77.out"), "x".repeat(2 << 20));
            Files.setLastModifiedTime(old, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
            Path log = node.session().log(SessionProcesses.WORKER_PREFIX + "1");
            Files.move(log, log.resolveSibling("moved"));
            Files.writeString(file, "log.level=info\nlog.max-total-size=1m\n");
            ProcessControl.signal(node.supervisor(), Signals.HUP);
            TestNode.eventually(LIMIT, "the worker has not opened its log again", () -> Files.exists(log));
            assertEquals("info", driver.task(SignalsTest::logOfWorker).submit().get(LIMIT));
            TestNode.eventually(LIMIT, "more than the limit", () -> !Files.exists(old));
            assertTrue(Files.exists(log));
        }
    }

    @Test
    void theStateIsWrittenDownAlsoOfARoleThatIsStuck() throws IOException {
        ProcessControl.signal(node.roles().get(RoleSpec.GCS), Signals.STOP);
        try {
            ProcessControl.signal(node.supervisor(), Signals.USR1);
            TestNode.eventually(LIMIT, "no dump", () -> !dumps().isEmpty());
        } finally {
            ProcessControl.signal(node.roles().get(RoleSpec.GCS), Signals.CONT);
        }
        String dump = Files.readString(dumps().get(0));
        for (String part : List.of(
                "processes",
                "stat",
                "workers",
                "tasks --limit 1000",
                "actors",
                "memory --top 20",
                "rings",
                "threads of the supervisor",
                "threads of raylet",
                "threads of objectstore",
                "threads of gcs")) {
            assertTrue(dump.contains("\n==== " + part + "\n"), part + " is missing in " + dump);
        }
        assertTrue(dump.contains("queuedNow") || dump.contains("counter"), dump);
        assertEquals(3, dump.split("Full thread dump", -1).length, "the threads of the two that are not stuck");
        String gcs = dump.substring(dump.indexOf("==== threads of gcs"));
        assertTrue(gcs.contains("nothing printed within 2000 ms"), gcs.substring(0, Math.min(500, gcs.length())));
        assertTrue(node.isRunning());
    }

    private List<Path> dumps() {
        try (var files = Files.list(node.session().logs())) {
            return files.filter(path -> path.getFileName().toString().matches("state-[\\d-]+\\.txt"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
