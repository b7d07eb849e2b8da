/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.posix.MappedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefaultTest {
    private static final int MIB = 1 << 20;

    /** Resident memory of this mapping alone, as its page tables have it: the process has others, of tests before. */
    private static long residentBytes(final MappedFile file) throws IOException {
        final String start = Long.toHexString(file.address()) + "-";
        final List<String> maps = Files.readAllLines(Path.of("/proc/self/smaps"));
        for (int i = 0; i < maps.size(); i++) {
            if (maps.get(i).replaceFirst("^0*", "").startsWith(start)) {
                while (!maps.get(i).startsWith("Rss:")) {
                    i++;
                }
                return Long.parseLong(maps.get(i).replaceAll("\\D", "")) << 10;
            }
        }
        throw new AssertionError("no mapping at " + start);
    }

    @Test
    void mapsWhatIsAboutToBeWrittenAndNothingBesideIt() throws IOException {
        final Path folder = StoreFixture.folder();
        try (MappedFile file = MappedFile.createSparse(folder.resolve("arena"), 64L * MIB)) {
            file.reserve(10L * MIB, 20L * MIB);
            final Prefault prefault = new Prefault(file);
            assertEquals(0, residentBytes(file));
            prefault.willWrite(file.address() + 10L * MIB + 4096, 9L * MIB);
            assertEquals(8L * MIB, residentBytes(file), "whole chunks only");
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertEquals(20L * MIB, residentBytes(file), "all");
            prefault.willWrite(file.address() + 10L * MIB, 20L * MIB);
            assertEquals(20L * MIB, residentBytes(file), "once");
            file.buffer(10 * MIB, 20 * MIB).setMemory(0, 20 * MIB, (byte) 1);
            assertEquals(20L * MIB, residentBytes(file), "all");
        } finally {
            StoreFixture.deleteFolder(folder);
        }
    }
}
