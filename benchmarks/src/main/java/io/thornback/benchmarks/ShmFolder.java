/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder in shared memory. */
final class ShmFolder implements AutoCloseable {
    final Path path;

    ShmFolder() throws IOException {
        path = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-benchmark-");
    }

    @Override
    public void close() throws IOException {
        List<Path> inside;
        try (Stream<Path> all = Files.walk(path)) {
            inside = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : inside) {
            Files.deleteIfExists(each);
        }
    }
}
