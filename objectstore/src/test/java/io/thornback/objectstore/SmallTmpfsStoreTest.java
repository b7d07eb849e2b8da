/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store whose arena is larger than its file system: full is an exception, never SIGBUS. Needs the right to mount; skipped without. */
class SmallTmpfsStoreTest {
    private static final int MIB = 1 << 20;
    private static final Duration SHORT = Duration.ofMillis(50);

    private Path folder;
    private boolean mounted;

    @BeforeEach
    void mountASmallTmpfs() throws Exception {
        folder = StoreFixture.folder();
        mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "thornback-test", folder.toString()) == 0;
        if (!mounted) {
            StoreFixture.deleteFolder(folder);
        }
        assumeTrue(mounted, "mounting a tmpfs is not allowed here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            // Lazily: mappings of clients go with the garbage collector.
            assertEquals(0, run("umount", "-l", folder.toString()));
            StoreFixture.deleteFolder(folder);
        }
    }

    @Test
    void aFullFileSystemIsAFullStoreAndEveryByteThatWasHandedOutCanBeWritten() throws IOException {
        final Path shmDir = Files.createDirectory(folder.resolve("node"));
        final StoreConfig config =
                StoreConfig.of(shmDir, 64L * MIB).withMaxObjects(4096).withPinSlots(64);
        final Random random = new Random(3);
        try (StoreFixture store = new StoreFixture(config)) {
            final ObjectStoreClient client = store.client();
            final List<Integer> there = new ArrayList<>();
            int refusals = 0;
            for (int i = 0; i < 600; i++) {
                final int length = 1 + random.nextInt(1 + random.nextInt(6 * MIB));
                try (WritableObject object = client.create(id(i), length, SHORT)) {
                    for (int at = 0; at < length; at += 512) {
                        object.putByte(at, (byte) i);
                    }
                    object.putByte(length - 1, (byte) i);
                    object.seal();
                    there.add(i);
                } catch (final StoreFullException e) {
                    assertTrue(e.getMessage().contains("the file system of the arena is full"), e.getMessage());
                    refusals++;
                    while (there.size() > 3) {
                        client.delete(id(there.remove(random.nextInt(there.size()))));
                    }
                    client.flush(LONG);
                }
            }
            assertTrue(refusals > 3, "refusals: " + refusals);
            client.flush(LONG);
            for (final int i : there) {
                try (ObjectBuffer object = client.get(id(i))) {
                    for (long at = 0; at < object.length(); at += 512) {
                        assertEquals((byte) i, object.getByte(at));
                    }
                }
            }
        }
    }

    @Test
    void whatBecomesFreeInTheFileSystemIsUsed() throws IOException {
        final Path other = folder.resolve("other");
        final Path shmDir = Files.createDirectory(folder.resolve("node"));
        try (StoreFixture store = new StoreFixture(
                StoreConfig.of(shmDir, 64L * MIB).withMaxObjects(4096).withPinSlots(64))) {
            final ObjectStoreClient client = store.client();
            Files.write(other, new byte[16 * MIB]);
            assertThrows(StoreFullException.class, () -> client.create(id(1), 10L * MIB, SHORT));
            Files.delete(other);
            client.create(id(1), 10L * MIB, LONG).close();
            eventually("nothing is leased", () -> store.counters().leasedBytes() == 0);
        }
    }

    private static int run(final String... command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
