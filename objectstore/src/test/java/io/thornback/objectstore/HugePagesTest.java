/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HugePagesTest {
    private static final Path NR_HUGEPAGES = Path.of("/proc/sys/vm/nr_hugepages");
    private static final Path COMPACT = Path.of("/proc/sys/vm/compact_memory");
    private static final long ARENA = 20L << 20;

    private Path folder;
    private Path mount;
    private String reservedBefore;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = StoreFixture.folder();
    }

    @AfterEach
    void release() throws Exception {
        if (mount != null) {
            run("umount", "-l", mount.toString());
            Files.deleteIfExists(mount);
        }
        if (reservedBefore != null) {
            Files.writeString(NR_HUGEPAGES, reservedBefore);
        }
        if (Files.exists(folder)) {
            StoreFixture.deleteFolder(folder);
        }
    }

    /** Skips the test where huge pages cannot be reserved or hugetlbfs not be mounted. */
    private void mount(final int pages) throws Exception {
        assumeTrue(Files.isWritable(NR_HUGEPAGES), "huge pages cannot be reserved here");
        reservedBefore = readNumber();
        Files.writeString(NR_HUGEPAGES, String.valueOf(pages));
        if (Files.isWritable(COMPACT)) {
            Files.writeString(COMPACT, "1");
            Files.writeString(NR_HUGEPAGES, String.valueOf(pages));
        }
        final String reserved = readNumber();
        assumeTrue(reserved.equals(String.valueOf(pages)), "the kernel has reserved " + reserved + " huge pages only");
        mount = Files.createTempDirectory("thornback-huge");
        assumeTrue(
                run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "thornback-test", mount.toString()) == 0,
                "mounting hugetlbfs is not allowed here");
    }

    @Test
    void theArenaIsMadeOfHugePagesAndTheyAreGivenBack() throws Exception {
        mount(16);
        final StoreConfig config =
                StoreConfig.of(folder, ARENA).withMaxObjects(1024).withHugePages(HugePages.EXPLICIT);
        try (StoreFixture store = new StoreFixture(config)) {
            assertEquals(10, reservedOrUsed());
            final ObjectStoreClient client = store.client();
            for (int i = 0; i < 40; i++) {
                client.put(id(i), bytes(300_000 * (i % 30 + 1), i));
                client.flush(LONG);
                try (ObjectBuffer object = store.client().get(id(i), LONG)) {
                    assertArrayEquals(bytes(300_000 * (i % 30 + 1), i), object.toByteArray());
                }
                client.delete(id(i));
            }
            client.create(id(99), ARENA, LONG).close();
        }
        try (var files = Files.list(mount)) {
            assertEquals(0, files.count(), "the file has been deleted");
        }
    }

    @Test
    void tooFewHugePagesAreAnErrorThatSaysWhatToDo() throws Exception {
        mount(4);
        final StoreUnavailableException e = assertThrows(
                StoreUnavailableException.class,
                () -> new ObjectStoreAgent(
                        StoreConfig.of(folder, ARENA).withMaxObjects(1024).withHugePages(HugePages.EXPLICIT)));
        for (final String part : new String[] {"wanted=10", "free=4", "/proc/sys/vm/nr_hugepages"}) {
            assertTrue(e.getMessage().contains(part), part + " in: " + e.getMessage());
        }
        try (var files = Files.list(mount)) {
            assertEquals(0, files.count(), "nothing is left");
        }
    }

    @Test
    void withoutHugetlbfsTheErrorSaysSo() throws IOException {
        assumeTrue(!Files.readString(Path.of("/proc/mounts")).contains(" hugetlbfs "), "there is a hugetlbfs");
        final StoreUnavailableException e = assertThrows(
                StoreUnavailableException.class,
                () -> new ObjectStoreAgent(
                        StoreConfig.of(folder, ARENA).withMaxObjects(1024).withHugePages(HugePages.EXPLICIT)));
        assertTrue(e.getMessage().contains("no hugetlbfs is mounted"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("store").resolve("arena.dat")));
    }

    @Test
    void adviceThatDoesNothingIsSaidToDoNothing() throws IOException {
        final Path setting = folder.resolve("shmem_enabled");
        Files.writeString(setting, "always within_size advise [never] deny force\n");
        assertTrue(HugePageFiles.transparentProblem(setting).contains("is never: the advice does nothing"));
        Files.writeString(setting, "always within_size [advise] never deny force\n");
        assertTrue(HugePageFiles.transparentProblem(setting).contains("is advise"));
        Files.writeString(setting, "always [within_size] advise never deny force\n");
        assertNull(HugePageFiles.transparentProblem(setting));
        assertTrue(HugePageFiles.transparentProblem(folder.resolve("missing")).contains("is absent"));
    }

    @Test
    void aStoreWithTransparentHugePagesWorksWhateverTheKernelDoes() {
        try (StoreFixture store = new StoreFixture(
                StoreConfig.of(folder, ARENA).withMaxObjects(1024).withHugePages(HugePages.TRANSPARENT))) {
            final ObjectStoreClient client = store.client();
            client.put(id(1), bytes(5_000_000, 1));
            try (ObjectBuffer object = client.get(id(1))) {
                assertArrayEquals(bytes(5_000_000, 1), object.toByteArray());
            }
        }
    }

    /** In one read: the kernel answers the first alone, and the JDK's first asks for one byte of a file without length. */
    private static String readNumber() throws IOException {
        try (InputStream in = Files.newInputStream(NR_HUGEPAGES)) {
            final byte[] buffer = new byte[64];
            return new String(buffer, 0, Math.max(0, in.read(buffer)), StandardCharsets.US_ASCII).trim();
        }
    }

    private static long reservedOrUsed() throws IOException {
        long total = 0;
        long free = 0;
        for (final String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("HugePages_Total:")) {
                total = Long.parseLong(line.substring(16).trim());
            } else if (line.startsWith("HugePages_Free:")) {
                free = Long.parseLong(line.substring(15).trim());
            }
        }
        return total - free;
    }

    private static int run(final String... command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
