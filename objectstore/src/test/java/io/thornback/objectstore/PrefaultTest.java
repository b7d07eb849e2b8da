/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** The kernel counts in batches of some dozens of pages for each CPU; a chunk is many more. */
    private static void assertResident(final long expected, final long found, final String what) {
        assertTrue(Math.abs(found - expected) < MIB / 2, what + ": expected " + expected + ", found " + found);
    }

    @Test
    void mapsWhatIsAboutToBeWrittenAndNothingBesideIt() throws IOException {
        final Path folder = StoreFixture.folder();
        try (MappedFile file = MappedFile.createSparse(folder.resolve("arena"), 64L * MIB)) {
            file.reserve(10L * MIB, 20L * MIB);
            final Prefault prefault = new Prefault(file);
            final long before = residentBytes();
            prefault.willWrite(file.address() + 10L * MIB + 4096, 9L * MIB);
            assertResident(8L * MIB, residentBytes() - before, "whole chunks only");
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertResident(20L * MIB, residentBytes() - before, "all");
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertResident(20L * MIB, residentBytes() - before, "once");
            file.buffer(10 * MIB, 20 * MIB).setMemory(0, 20 * MIB, (byte) 1);
            assertResident(20L * MIB, residentBytes() - before, "all");
        } finally {
            StoreFixture.deleteFolder(folder);
        }
    }
}
