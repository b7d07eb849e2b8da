/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeEnvironment;
import io.thornback.runtime.Connector;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commands = Main.commandLine(args);
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return commands.execute(args);
    }

    @Test
    void everyCommandExplainsItselfWithAnExample() {
        for (String name : List.of(
                "start",
                "status",
                "stat",
                "tasks",
                "workers",
                "actors",
                "timeline",
                "memory",
                "objects",
                "logs",
                "config",
                "doctor",
                "token",
                "stop",
                "run",
                "version",
                "completion")) {
            out.getBuffer().setLength(0);
            assertEquals(0, run(name, "--help"), name);
            assertTrue(out.toString().contains("thornback " + name), out.toString());
            assertTrue(out.toString().contains("Example"), name + " has an example");
        }
        assertEquals("", err.toString());
    }

    @Test
    void aWrongCommandOrFlagIsOneLineThatNamesTheNearest() {
        assertEquals(2, run("statsu"));
        assertEquals(
                "thornback: Unmatched argument at index 0: 'statsu', did you mean 'status'?; see 'thornback --help'",
                err.toString().strip());
        err.getBuffer().setLength(0);
        assertEquals(2, run("start", "--head", "--store-memroy=1g"));
        assertEquals(
                "thornback: Unknown option: '--store-memroy=1g', did you mean '--store-memory'?; see 'thornback start"
                        + " --help'",
                err.toString().strip());
    }

    @Test
    void wrongValuesAreAllReportedAtOnce() {
        assertEquals(2, run("start", "--head", "--dir", folder.toString(), "--cpus", "many", "--port", "-1"));
        assertEquals(
                List.of(
                        "thornback: node.cpus=many (flag --cpus) is not a whole number",
                        "thornback: gcs.port=-1 (flag --port) is outside 0 to 65535"),
                err.toString().lines().toList());
    }

    @Test
    void aNodeStartsAClusterOrJoinsOneAndSaysWhich() {
        String dir = folder.resolve("dir").toString();
        Map<List<String>, String> wrong = Map.of(
                List.of("start"),
                "Missing option: '--head' to start a cluster, or '--address' to join one",
                List.of("start", "--head", "--address", "localhost:1"),
                "--head and --address exclude each other: a node starts a cluster or joins one",
                List.of("start", "--head", "--token", "x"),
                "--token and --token-file are for a node that joins with --address; a head has a token of its own",
                List.of("start", "--address", "localhost:1", "--token", "x", "--port", "7"),
                "--port, --gcs-host and --insecure are for a head's GCS; a node that joins with --address has none",
                List.of("start", "--address", "localhost:1", "--token", "x", "--token-file", "y"),
                "--token and --token-file exclude each other",
                List.of("start", "--address", "localhost:1", "--token", "two words"),
                "--token: the join token is more than one word; copy the whole line of the file 'token' in the head's session folder");
        wrong.forEach((words, message) -> {
            err.getBuffer().setLength(0);
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of("--dir", dir));
            assertEquals(2, run(all.toArray(String[]::new)), message);
            assertEquals(
                    "thornback: " + message + "; see 'thornback start --help'",
                    err.toString().strip());
        });
        err.getBuffer().setLength(0);
        assertEquals(2, run("start", "--address", "localhost", "--token", "x", "--dir", dir));
        assertTrue(
                err.toString().startsWith("thornback: cluster.address=localhost (flag --address) is not HOST:PORT"),
                err.toString());
        assertFalse(Files.exists(folder.resolve("dir")), "nothing was begun");
    }

    @Test
    void theTokenMayComeInAVariable() {
        String token = JoinToken.plainText("5e".repeat(32)).text();
        Map<String, String> environment = Map.of("THORNBACK_TOKEN", " " + token + "\n");
        assertEquals(
                token, new JoinFlags().token(environment, Main.commandLine().getCommandSpec()));
    }

    @Test
    void aTokenThatIsNotThereIsNamedByItsPlace() throws IOException {
        String dir = folder.resolve("dir").toString();
        assertEquals(2, run("start", "--address", "localhost:1", "--dir", dir));
        assertTrue(err.toString().contains("give --token-file FILE, or set THORNBACK_TOKEN"), err.toString());
        err.getBuffer().setLength(0);
        String missing = folder.resolve("missing").toString();
        assertEquals(1, run("start", "--address", "localhost:1", "--token-file", missing, "--dir", dir));
        assertEquals(
                "thornback: cannot read --token-file=" + missing + ": no such file; copy it from the head's host",
                err.toString().strip());
        err.getBuffer().setLength(0);
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret and more\n");
        assertEquals(2, run("start", "--address", "localhost:1", "--token-file", secret.toString(), "--dir", dir));
        assertTrue(
                err.toString().contains("--token-file=" + secret + ": the join token is more than one word"),
                err.toString());
        assertFalse(err.toString().contains("s3cret"), err.toString());
        err.getBuffer().setLength(0);
        Files.writeString(secret, "thornback1.plaintext.s3cret");
        assertEquals(2, run("start", "--address", "localhost:1", "--token-file", secret.toString(), "--dir", dir));
        assertTrue(
                err.toString()
                        .contains("--token-file=" + secret
                                + ": the join token has a secret of 6 characters instead of 64; copy the whole line"),
                err.toString());
        assertFalse(err.toString().contains("s3cret"), err.toString());
        assertFalse(Files.exists(folder.resolve("dir")), "nothing was begun");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(1, run("start", "--head", "--dir", file.toString()));
        assertEquals(
                "thornback: " + file + " is not a folder; choose another with --dir",
                err.toString().strip());
    }

    @Test
    void moreMemoryThanThereIsIsRefusedAndNothingIsLeft() throws Exception {
        Path dir = folder.resolve("dir");
        assertEquals(
                1,
                run(
                        "start",
                        "--head",
                        "--dir",
                        dir.toString(),
                        "--shm-dir",
                        folder.resolve("shm").toString(),
                        "--memory",
                        "900t"));
        assertTrue(err.toString().startsWith("thornback: --memory="), err.toString());
        assertEquals(1, err.toString().lines().count());
        try (var left = Files.list(folder.resolve("shm"))) {
            assertEquals(List.of(), left.toList());
        }
        try (var left = Files.list(dir)) {
            assertTrue(left.noneMatch(path -> path.getFileName().toString().startsWith("session-")));
        }
    }

    @Test
    void whereNoNodeRunsStatusSaysSoAndStopHasNothingToDo() {
        String dir = folder.resolve("dir").toString();
        assertEquals(3, run("status", "--dir", dir));
        assertTrue(out.toString().contains("no node is running in " + dir), out.toString());
        assertEquals(0, run("stop", "--dir", dir));
    }

    @Test
    void theStoreCanBeLookedAtOnlyWhereANodeRuns() {
        String dir = folder.resolve("dir").toString();
        for (String name : List.of("memory", "objects")) {
            err.getBuffer().setLength(0);
            assertEquals(3, run(name, "--dir", dir));
            assertEquals(
                    "thornback: no node is running in " + dir + "; start one with 'thornback start --head'",
                    err.toString().strip());
        }
        assertEquals(2, run("memory", "--top", "-1"));
        assertEquals(2, run("objects", "--limit", "1000000"));
        assertEquals(2, run("objects", "--state", "frozen"));
        assertTrue(err.toString().contains("--state=frozen is none of [LEASED"), err.toString());
    }

    @Test
    void whatANodeDoesCanBeLookedAtOnlyWhereOneRuns() {
        String dir = folder.resolve("dir").toString();
        for (List<String> words : List.of(
                List.of("stat"),
                List.of("tasks"),
                List.of("workers"),
                List.of("actors"),
                List.of("timeline"),
                List.of("node", "--set-label", "a=b"))) {
            err.getBuffer().setLength(0);
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of("--dir", dir));
            assertEquals(3, run(all.toArray(String[]::new)));
            assertEquals(
                    "thornback: no node is running in " + dir + "; start one with 'thornback start --head'",
                    err.toString().strip());
        }
        assertEquals(2, run("tasks", "--state", "frozen"));
        assertTrue(err.toString().contains("--state=frozen is none of [queued"), err.toString());
        assertEquals(2, run("actors", "--state", "idle"));
        assertEquals(2, run("workers", "--limit", "-1"));
        assertEquals(2, run("stat", "--watch=0"));
        assertTrue(err.toString().contains("--watch=0 is not in 1..3600"), err.toString());
    }

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        Table table = new Table("name", "#count", "what");
        table.add("a long name", 7, null);
        table.add("x\u001b[2J", 12_345, "");
        StringWriter text = new StringWriter();
        PrintWriter to = new PrintWriter(text);
        table.print(to);
        to.flush();
        assertEquals(
                List.of("  name         count  what", "  a long name      7  -", "  x?[2J        12345  -"),
                text.toString().lines().toList());
        assertEquals("850 ns", Durations.of(850));
        assertEquals("12.3 µs", Durations.of(12_345));
        assertEquals("4.57 ms", Durations.of(4_567_890));
        assertEquals("2 min 5 s", Durations.of(125_000_000_000L));
        assertEquals("3 h 12 min", Durations.of(11_520_000_000_000L));
    }

    @Test
    void theVersionIsThereForProgramsToo() {
        assertEquals(0, run("version", "--json"));
        assertTrue(out.toString().contains("\"layoutVersion\": 1"), out.toString());
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertEquals(0, run("completion"));
        assertTrue(out.toString().contains("--store-memory"), "flags of start");
        for (String name : Commands.names()) {
            assertTrue(out.toString().contains("_picocli_thornback_" + name + "()"), name);
        }
    }

    @Test
    void aProgramNeedsAJarOrAClass() {
        assertEquals(2, run("run"));
        assertEquals(2, run("run", folder.resolve("no.jar").toString()));
        assertTrue(err.toString().contains("there is no file"), err.toString());
    }

    @Test
    void whatFollowsAProgramIsTheProgramsAndSoIsItsExitCode() {
        assertEquals(7, run("run", "-J-Dcode=7", "-cp", "unused", ExitsAsTold.class.getName(), "--help", "-cp"));
        assertEquals("", err.toString());
    }

    @Test
    void whatAProgramsWorkersAreToldIsOnNoCommandLine() {
        assertEquals(0, run("run", "--env", "SECRET=p4ss+word", "-cp", "unused", LooksAtItself.class.getName()));
        assertEquals("", err.toString());
    }

    @Test
    void aProgramFindsTheNodeThatTheConfigurationNames() {
        System.setProperty("thornback.dir", "/configured/dir");
        try {
            assertEquals(0, run("run", "-cp", "unused", LooksForItsNode.class.getName(), "/configured/dir"));
            assertEquals("", err.toString());
        } finally {
            System.clearProperty("thornback.dir");
        }
    }

    /** Ends with 0 if it would attach to the node in the folder that its argument names. */
    static final class LooksForItsNode {
        private LooksForItsNode() {}

        public static void main(String[] args) {
            System.exit(args[0].equals(System.getenv(Connector.DIRECTORY_VARIABLE)) ? 0 : 1);
        }
    }

    /** Ends with 0 if it was told a variable, and its command line, which everybody can read, does not show it. */
    static final class LooksAtItself {
        private LooksAtItself() {}

        public static void main(String[] args) throws IOException {
            String told = System.getenv(Connector.ENVIRONMENT_VARIABLE);
            boolean isTold = "p4ss+word"
                            .equals(RuntimeEnvironment.decode(told).variables().get("SECRET"))
                    && "p4ss+word".equals(System.getenv("SECRET"));
            boolean isShown = Files.readString(Path.of("/proc/self/cmdline")).contains("p4ss");
            System.exit(isTold && !isShown ? 0 : 1);
        }
    }

    /** A program. */
    static final class ExitsAsTold {
        private ExitsAsTold() {}

        public static void main(String[] args) {
            System.exit(List.of(args).equals(List.of("--help", "-cp")) ? Integer.getInteger("code") : 1);
        }
    }

    @Test
    void jsonIsQuoted() {
        assertEquals(
                "{\n  \"a\\\"\": \"x\\\\\\n\\u0001\",\n  \"b\": [\n    1,\n    true\n  ],\n  \"c\": []\n}",
                Json.write(
                        new java.util.TreeMap<>(Map.of("a\"", "x\\\n\u0001", "b", List.of(1, true), "c", List.of()))));
    }
}
