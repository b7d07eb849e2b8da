/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tmpfs of 4 MiB that is really full. Needs the right to mount; skipped without. */
class SmallTmpfsTest {

    private static final int MIB = 1 << 20;

    private Path folder;
    private boolean mounted;

    @BeforeEach
    void mountASmallTmpfs() throws Exception {
        folder = ShmFolder.make();
        mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "thornback-test", folder.toString()) == 0;
        assumeTrue(mounted, "mounting a tmpfs is not allowed here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", folder.toString()));
        }
        ShmFolder.delete(folder);
    }

    @Test
    void aFileThatDoesNotFitIsNotLeftBehind() {
        final Path path = folder.resolve("big.dat");
        final SharedMemoryFullException e =
                assertThrows(SharedMemoryFullException.class, () -> MappedFile.create(path, 5 * MIB));
        assertEquals(5 * MIB, e.wantedBytes());
        assertEquals(Errno.ENOSPC, e.errno());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertTrue(e.getMessage().contains("wantedBytes=" + 5 * MIB), e.getMessage());
        assertTrue(e.getMessage().contains("free space"), e.getMessage());
        assertFalse(Files.exists(path));
        MappedFile.create(path, 3 * MIB).close();
    }

    @Test
    void reserveOfAFullFileSystemFailsAndTakesNothing() throws IOException {
        try (MappedFile arena = MappedFile.createSparse(folder.resolve("arena.dat"), 64L * MIB)) {
            arena.reserve(0, 2 * MIB);
            arena.buffer(0, MIB).putLong(0, 42);
            assertThrows(SharedMemoryFullException.class, () -> arena.reserve(0, 8 * MIB));
            assertEquals(2 * MIB, Files.getFileStore(folder).getUsableSpace(), "nothing was kept of the failed call");
            assertEquals(42, arena.buffer(0, MIB).getLong(0), "what was reserved before is untouched");
            arena.reserve(40L * MIB, 2 * MIB);
            assertThrows(SharedMemoryFullException.class, () -> arena.reserve(10L * MIB, 4096));
        }
    }

    private static int run(final String... command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
