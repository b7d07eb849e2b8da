/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.posix.MappedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PrefaultTest {
    private static final int MIB = 1 << 20;

    /** Resident shared memory of this process. */
    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssShmem:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    @Test
    void mapsWhatIsAboutToBeWrittenAndNothingBesideIt() throws IOException {
        final Path folder = StoreFixture.folder();
        try (MappedFile file = MappedFile.createSparse(folder.resolve("arena"), 64L * MIB)) {
            file.reserve(10L * MIB, 20L * MIB);
            final Prefault prefault = new Prefault(file);
            final long before = residentBytes();
            prefault.willWrite(file.address() + 10L * MIB + 4096, 9L * MIB);
            assertEquals(8L * MIB, residentBytes() - before, "whole chunks only");
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertEquals(20L * MIB, residentBytes() - before);
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertEquals(20L * MIB, residentBytes() - before, "once");
            file.buffer(10 * MIB, 20 * MIB).setMemory(0, 20 * MIB, (byte) 1);
            assertEquals(20L * MIB, residentBytes() - before);
        } finally {
            StoreFixture.deleteFolder(folder);
        }
    }
}
