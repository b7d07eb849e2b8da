/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.cli.JsonReader;
import io.thornback.node.JvmCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In a JVM of its own, because a JVM configures its logging once. */
class RoleLoggingTest {

    @TempDir
    private Path folder;

    private String run(String... properties) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JvmCommand.java().toString()));
        command.addAll(List.of(properties));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Logs.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void aRoleLogsToItsOwnFile() throws Exception {
        String said = run("-Dthornback.role=gcs", "-Dthornback.log.dir=" + folder, "-Dthornback.log.level=info");
        assertEquals("", said);
        List<String> lines = Files.readAllLines(folder.resolve("gcs.log"));
        assertTrue(
                lines.get(0)
                        .matches(
                                "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  gcs \\[main] RoleLoggingTest\\$Logs:"
                                        + " listening port=4711"),
                lines.get(0));
        assertTrue(lines.get(1).contains(" ERROR gcs "), lines.get(1));
        assertEquals("java.lang.IllegalStateException: why", lines.get(2));
    }

    @Test
    @SuppressWarnings("unchecked") // of a cast that fails the test
    void aLineIsOneJsonObjectIfThatIsWanted() throws Exception {
        run(
                "-Dthornback.role=gcs",
                "-Dthornback.node=4711",
                "-Dthornback.log.dir=" + folder,
                "-Dthornback.log.format=json",
                "-Djob=12");
        List<String> lines = Files.readAllLines(folder.resolve("gcs.log"));
        assertEquals(4, lines.size(), lines::toString);
        for (String line : lines.subList(2, 4)) { // also when the file has been opened again
            Map<String, Object> ofJob = (Map<String, Object>) JsonReader.read(line);
            assertEquals(
                    Map.of("role", "gcs", "node", "4711", "job", "12"),
                    ((Map<String, Object>) ofJob.get("context")).get("properties"));
        }
        Map<String, Object> first = (Map<String, Object>) JsonReader.read(lines.get(0));
        assertEquals("listening port=4711", first.get("formattedMessage"));
        assertEquals("INFO", first.get("level"));
        Map<String, Object> context = (Map<String, Object>) first.get("context");
        assertEquals(Map.of("role", "gcs", "node", "4711"), context.get("properties"));
        Map<String, Object> second = (Map<String, Object>) JsonReader.read(lines.get(1));
        assertTrue(String.valueOf(second.get("throwable")).contains("IllegalStateException"), lines.get(1));
    }

    @Test
    void theFileIsRotatedAndOldOnesGo() throws Exception {
        run(
                "-Dthornback.role=gcs",
                "-Dthornback.log.dir=" + folder,
                "-Dthornback.log.max-file-size=65536",
                "-Dthornback.log.max-files=2",
                "-Dlines=3000");
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of("gcs.log", "gcs.log.1", "gcs.log.2"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** Logs. */
    static final class Logs {
        private Logs() {}

        public static void main(String[] args) {
            Logger log = LoggerFactory.getLogger(Logs.class);
            log.debug("not seen");
            log.info("listening port={}", 4711);
            log.error("failed", new IllegalStateException("why"));
            if (System.getProperty("job") != null) {
                RoleLogging.jobIs(System.getProperty("job"));
                log.info("in a job");
                RoleLogging.reopen();
                log.info("in a job still");
            }
            for (int line = 0; line < Integer.getInteger("lines", 0); line++) {
                log.info("line {} of many, so that the file has to be rotated: {}", line, "x".repeat(80));
            }
        }
    }
}
