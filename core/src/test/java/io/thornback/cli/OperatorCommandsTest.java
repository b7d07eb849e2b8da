/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config}, {@code logs} and {@code token} where no node runs. */
class OperatorCommandsTest {

    @TempDir
    private Path folder;

    private Path dir;
    private Path logs;

    @BeforeEach
    void makeASessionThatHasEnded() throws IOException {
        dir = folder.resolve("dir");
        Path session = dir.resolve("session-20260102-030405-1");
        logs = Files.createDirectories(session.resolve("logs"));
        Files.createSymbolicLink(dir.resolve("latest"), session.getFileName());
        Files.writeString(logs.resolve("gcs.log.1"), "old\n");
        Files.writeString(logs.resolve("gcs.log"), "older\nnewer\n");
        Files.writeString(logs.resolve("gcs.out"), "printed\n");
        Files.writeString(logs.resolve("worker-3.log"), "a worker's\n");
    }

    private Commanded logs(String... words) {
        List<String> all = new java.util.ArrayList<>(List.of("logs", "--dir", dir.toString()));
        all.addAll(List.of(words));
        return Commanded.run(all.toArray(String[]::new));
    }

    @Test
    void everySettingIsShownWithItsOrigin() throws IOException {
        Path file = Files.writeString(folder.resolve("conf"), "log.level=debug\nstore.memory=1g\n");
        Commanded shown =
                Commanded.run("config", "--config", file.toString(), "--store-memory", "2g", "--dir", dir.toString());
        assertEquals("", shown.err());
        assertEquals(0, shown.exit());
        String table = shown.out().replaceAll(" {2,}", " ");
        assertTrue(table.contains(" log.level debug file " + file + "\n"), table);
        assertTrue(table.contains(" store.memory 2g flag --store-memory\n"), table);
        assertTrue(table.contains(" dir " + dir + " flag --dir\n"), table);
        assertTrue(table.contains(" gcs.port 0 default\n"), table);
    }

    @Test
    void settingsAreChosenByKeyOrByWhatTheyBeginWith() {
        List<?> some =
                (List<?>) JsonReader.read(Commanded.run("config", "log", "gcs.port", "--log-level", "warn", "--json")
                        .out());
        assertEquals(
                List.of(
                        "gcs.port",
                        "log.level",
                        "log.max-file-size",
                        "log.max-files",
                        "log.format",
                        "log.max-total-size"),
                some.stream().map(row -> ((Map<?, ?>) row).get("key")).toList());
        Map<?, ?> level = (Map<?, ?>) some.get(1);
        assertEquals("warn", level.get("value"));
        assertEquals("flag --log-level", level.get("origin"));
        assertEquals("info", level.get("default"));
        Commanded changed = Commanded.run("config", "log", "--changed", "--log-level", "warn");
        assertEquals(2, changed.out().lines().count(), changed.out());
    }

    @Test
    void aSettingThatIsUnknownIsRefusedWithTheNearest() {
        Commanded wrong = Commanded.run("config", "store.memroy");
        assertEquals(2, wrong.exit());
        assertEquals(
                "thornback: unknown setting store.memroy; did you mean store.memory?; see 'thornback config --help'",
                wrong.err().strip());
        Commanded value = Commanded.run("config", "--cpus", "many");
        assertEquals(2, value.exit());
        assertEquals(
                "thornback: node.cpus=many (flag --cpus) is not a whole number",
                value.err().strip());
    }

    @Test
    void theLogsOfANodeThatHasEndedAreListedAndPrinted() {
        String list = logs().out().replaceAll(" {2,}", " ");
        assertTrue(list.contains(" gcs 16 B 1 "), list);
        assertTrue(list.contains(" worker-3 11 B 0 "), list);
        List<?> rows = (List<?>) JsonReader.read(logs("--json").out());
        assertEquals(3, rows.size());
        assertEquals("newer\n", logs("--role", "gcs", "--lines", "1").out());
        assertEquals("old\nolder\nnewer\n", logs("--role", "gcs").out());
        assertEquals("printed\n", logs("--role", "gcs", "--out").out());
        assertEquals("a worker's\n", logs("--worker", "3").out());
        assertEquals(
                List.of("==> gcs.log <==", "newer", "==> worker-3.log <==", "a worker's"),
                logs("-n", "1").out().lines().toList());
    }

    @Test
    void followingEndsWhereNoNodeRuns() {
        Commanded followed = logs("-f", "--role", "gcs", "-n", "1");
        assertEquals(3, followed.exit());
        assertEquals("newer\n", followed.out());
        assertTrue(followed.err().startsWith("thornback: the node is not running"), followed.err());
    }

    @Test
    void aLogThatIsNotThereIsNamedWithTheNearest() {
        Commanded wrong = logs("--role", "gsc");
        assertEquals(2, wrong.exit());
        assertTrue(wrong.err().contains("no log of gsc; did you mean gcs?"), wrong.err());
        assertEquals(2, logs("--lines", "-1").exit());
        assertEquals(2, logs("--json", "-f").exit());
        Commanded none = Commanded.run("logs", "--dir", folder.resolve("none").toString());
        assertEquals(3, none.exit());
        assertTrue(none.err().startsWith("thornback: no node has run in "), none.err());
    }

    @Test
    void watchingANodeThatDoesNotRunEnds() {
        assertEquals(
                3, Commanded.run("status", "--watch", "--dir", dir.toString()).exit());
        assertEquals(2, Commanded.run("status", "--watch=0").exit());
    }

    @Test
    void theTokenIsThatOfARunningNode() {
        Commanded none = Commanded.run("token", "--dir", dir.toString());
        assertEquals(3, none.exit());
        assertTrue(none.err().contains("start one with 'thornback start --head'"), none.err());
        assertEquals("", none.out());
        assertFalse(Commanded.run("token", "--help").out().contains("null"));
    }

    @Test
    void whatFailsOnThisHostIsTheExitCode() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(socket.getLocalPort());
            Commanded failed = Commanded.run("doctor", "--port", port, "--dir", dir.toString());
            assertEquals(1, failed.exit());
            assertTrue(failed.out().contains("127.0.0.1:" + port + " is in use by pid "), failed.out());
            Map<?, ?> json = (Map<?, ?>)
                    JsonReader.read(Commanded.run("doctor", "--port", port, "--dir", dir.toString(), "--json")
                            .out());
            assertTrue(((List<?>) json.get("checks")).size() > 10, json.toString());
        }
        assertEquals(2, Commanded.run("doctor", "--port", "many").exit());
    }
}
