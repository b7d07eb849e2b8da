/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedLogsTest {
    @TempDir
    private Path dir;

    private void write(final String... names) throws IOException {
        for (final String name : names) {
            Files.writeString(dir.resolve(name), "x");
        }
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void allFilesOfTheWorkerThatEndedFirstGoAndNoOthers() throws IOException {
        write("gcs.log", "worker-1.log", "worker-1.log.1", "worker-1.out", "worker-1.hs_err.77");
        write("worker-10.log", "worker-10.out", "worker-2.log", "worker-2.out");
        final EndedLogs logs = new EndedLogs(dir, 1);
        logs.ended("worker-1");
        assertEquals(9, names().size(), "the last one's are kept");
        logs.ended("worker-10");
        assertEquals(
                Set.of("gcs.log", "worker-10.log", "worker-10.out", "worker-2.log", "worker-2.out"),
                names(),
                "those of worker-2, which runs, stay");
    }

    @Test
    void theOrderIsThatOfTheirEndNotOfTheirBeginning() throws IOException {
        write("worker-1.log", "worker-2.log", "worker-3.log");
        final EndedLogs logs = new EndedLogs(dir, 2);
        logs.ended("worker-3");
        logs.ended("worker-2");
        logs.ended("worker-1");
        assertEquals(Set.of("worker-1.log", "worker-2.log"), names());
    }

    @Test
    void aWorkerWithoutFilesOrAFolderThatIsGoneIsNoMatter() throws IOException {
        write("worker-3.log");
        final EndedLogs logs = new EndedLogs(dir, 1);
        logs.ended("worker-1"); // could not be started
        logs.ended("worker-2");
        logs.ended("worker-3");
        assertEquals(Set.of("worker-3.log"), names());
        Files.delete(dir.resolve("worker-3.log"));
        Files.delete(dir);
        logs.ended("worker-4");
        Files.createDirectory(dir);
    }
}
