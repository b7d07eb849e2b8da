/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {
    private static final int LENGTH = 1 << 20;

    @Test
    void givesTheBlocksOfARangeBackAndNothingElse() throws Exception {
        // tmpfs knows holes wherever these tests run.
        final Path file = Files.createTempFile(Path.of("/dev/shm"), "thornback-test-hole", ".dat");
        try {
            final byte[] bytes = new byte[LENGTH];
            Arrays.fill(bytes, (byte) 7);
            Files.write(file, bytes);
            final long before = blocks(file);
            assertTrue(DiskSpace.punchHole(file, 4096, LENGTH - 8192));
            assertTrue(blocks(file) < before / 2, "blocks before=" + before + " after=" + blocks(file));
            final byte[] after = Files.readAllBytes(file);
            assertEquals(LENGTH, after.length);
            assertEquals(7, after[4095]);
            assertEquals(0, after[4096]);
            assertEquals(0, after[LENGTH - 4097]);
            assertEquals(7, after[LENGTH - 4096]);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void namesTheFileThatIsNotThere() {
        final PosixException e = assertThrows(
                PosixException.class, () -> DiskSpace.punchHole(Path.of("/dev/shm/thornback-no-such-file"), 0, 1));
        assertTrue(e.getMessage().contains("thornback-no-such-file"), e.getMessage());
    }

    private static long blocks(final Path file) throws Exception {
        final Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        final String text = new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, stat.waitFor());
        return Long.parseLong(text.trim());
    }
}
