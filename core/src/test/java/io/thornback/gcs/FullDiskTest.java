/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thornback.gcs.ClusterStore.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables on a file system that becomes full. Needs the right to mount; skipped without. */
class FullDiskTest {
    private static final String CLUSTER = "c1";

    private Path folder;
    private Path file;
    private boolean mounted;

    @BeforeEach
    void mountASmallDisk() throws Exception {
        folder = Files.createTempDirectory("full-disk-test");
        mounted = run("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "thornback-test", folder.toString()) == 0;
        if (!mounted) {
            Files.delete(folder);
        }
        assumeTrue(mounted, "mounting a tmpfs is not allowed here");
        file = folder.resolve("tables.mv");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", folder.toString()));
            Files.delete(folder);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    /** Takes all the room that is left. */
    private Path fillUp() throws IOException {
        final Path ballast = folder.resolve("ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("No space"), e.getMessage());
            return ballast;
        }
    }

    private static byte[] row(int number) {
        final byte[] row = new byte[500];
        row[0] = (byte) number;
        row[1] = (byte) (number >> 8);
        return row;
    }

    private static void awaitDurable(ClusterStore store, long commit) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!store.isDurable(commit)) {
            assertTrue(System.nanoTime() - deadlineNs < 0, () -> "not durable: " + store.failure());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            store.commit();
        }
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndItGoesOnWhenThereIsRoom() throws IOException {
        final TreeMap<String, byte[]> acknowledged = new TreeMap<>();
        try (MvClusterStore store = MvClusterStore.open(file, CLUSTER)) {
            for (int round = 0; round < 3; round++) {
                final Path ballast = fillUp();
                long commit = 0;
                final TreeMap<String, byte[]> told = new TreeMap<>(acknowledged);
                for (int i = 0; store.failure().isEmpty(); i++) {
                    final String key = round + "-" + i;
                    store.put(Table.JOBS, key, row(i));
                    told.put(key, row(i));
                    commit = store.openCommit();
                    store.commit();
                    if (store.isDurable(commit)) {
                        acknowledged.put(key, row(i));
                    }
                    assertTrue(i < 10_000, "the disk never became full");
                }
                assertFalse(store.isDurable(commit));
                final String why = store.failure().orElseThrow();
                assertTrue(why.contains(file.toString()) && why.contains("No space left on device"), why);
                assertSaved(acknowledged, round);
                Files.delete(ballast);
                awaitDurable(store, commit);
                assertTrue(store.failure().isEmpty());
                acknowledged.putAll(told);
            }
        }
        try (MvClusterStore store = MvClusterStore.open(file, CLUSTER)) {
            assertRows(acknowledged, store);
        }
    }

    /** As a process would find it that came now, on a disk with room. */
    private void assertSaved(Map<String, byte[]> acknowledged, int round) throws IOException {
        final Path elsewhere = Files.createTempDirectory("full-disk-copy");
        try {
            Files.copy(file, elsewhere.resolve("tables.mv"));
            Files.copy(folder.resolve("tables.mark"), elsewhere.resolve("tables.mark"));
            try (MvClusterStore store = MvClusterStore.open(elsewhere.resolve("tables.mv"), CLUSTER)) {
                acknowledged.forEach((key, row) ->
                        assertArrayEquals(row, store.rows(Table.JOBS).get(key), () -> key + " in round " + round));
            }
        } finally {
            try (var files = Files.list(elsewhere)) {
                for (Path found : files.toList()) {
                    Files.delete(found);
                }
            }
            Files.delete(elsewhere);
        }
    }

    private static void assertRows(Map<String, byte[]> expected, ClusterStore store) {
        assertEquals(expected.keySet(), store.rows(Table.JOBS).keySet());
        expected.forEach(
                (key, row) -> assertArrayEquals(row, store.rows(Table.JOBS).get(key), key));
    }

    @Test
    void anOpeningOnAFullDiskReadsWhatIsThereAndWaitsForRoom() throws IOException {
        try (MvClusterStore store = MvClusterStore.open(file, CLUSTER)) {
            store.put(Table.JOBS, "a", row(1));
            store.commit();
        }
        final Path ballast = fillUp();
        try (MvClusterStore store = MvClusterStore.open(file, CLUSTER)) {
            assertTrue(store.failure().orElseThrow().contains("No space left"), () -> "" + store.failure());
            assertArrayEquals(row(1), store.rows(Table.JOBS).get("a"));
            assertEquals(2, store.epoch());
            final long commit = store.openCommit();
            assertFalse(store.isDurable(commit));
            Files.delete(ballast);
            awaitDurable(store, commit);
        }
        try (MvClusterStore store = MvClusterStore.open(file, CLUSTER)) {
            assertEquals(3, store.epoch());
            assertArrayEquals(row(1), store.rows(Table.JOBS).get("a"));
        }
    }
}
