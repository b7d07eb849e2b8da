/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogQuotaTest {
    private static final int SIZE = 100;
    private static final long NOW_MS = 1_000_000_000_000L;
    private static final long MINUTE_MS = 60_000;

    @TempDir
    private Path dir;

    private void write(final String name, final long agoMs) throws IOException {
        final Path file = Files.write(dir.resolve(name), new byte[SIZE]);
        Files.setLastModifiedTime(file, FileTime.fromMillis(NOW_MS - agoMs));
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private long look(final long limit, final Set<String> living) {
        try (LogQuota quota = new LogQuota(dir, () -> limit, () -> living)) {
            return quota.look(NOW_MS);
        }
    }

    @Test
    void theOldestGoUntilTheRestFitsAndNoneThatIsWrittenTo() throws IOException {
        write("gcs.log", 50 * MINUTE_MS);
        write("gcs.log.1", 9 * MINUTE_MS);
        write("gcs.log.2", 10 * MINUTE_MS);
        write("worker-1.out", 40 * MINUTE_MS); // lives, and is quiet
        write("worker-2.out", 8 * MINUTE_MS);
        write("worker-2.log", 7 * MINUTE_MS);
        write("gcs.hs_err.77", 20 * MINUTE_MS);
        write("worker-3.log", 1); // just being started
        Files.createDirectory(dir.resolve("folder"));
        assertEquals(8 * SIZE, look(8 * SIZE, Set.of("worker-1")), "they fit");
        assertEquals(6 * SIZE, look(6 * SIZE + 50, Set.of("worker-1")));
        assertEquals(
                Set.of(
                        "folder",
                        "gcs.log",
                        "gcs.log.1",
                        "worker-1.out",
                        "worker-2.log",
                        "worker-2.out",
                        "worker-3.log"),
                names());
        assertEquals(3 * SIZE, look(1, Set.of("worker-1")), "more than the limit is being written");
        assertEquals(Set.of("folder", "gcs.log", "worker-1.out", "worker-3.log"), names());
        assertEquals(2 * SIZE, look(1, Set.of()), "it has ended");
        assertEquals(Set.of("folder", "gcs.log", "worker-3.log"), names());
    }

    @Test
    void aFolderThatIsGoneIsNoMatter() throws IOException {
        Files.delete(dir);
        assertEquals(0, look(1, Set.of()));
        Files.createDirectory(dir);
    }
}
