/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bad disk does to objects: those that it had are lost and known to be, the others are not. Objects of 1 MiB in an arena of 4. */
class SpillFailureTest {
    private static final int MIB = 1 << 20;
    private static final int FIT = 4;
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path disk;

    private final List<Path> mounts = new ArrayList<>();
    private StoreFixture store;
    private ObjectStoreClient client;

    @AfterEach
    void stop() throws Exception {
        if (store != null) {
            store.close();
        }
        for (final Path mount : mounts) {
            assertEquals(0, run("umount", mount.toString()));
        }
    }

    @Test
    void aFlippedBitIsNoticedAndTheObjectCanBeMadeAgain() throws Exception {
        start(Long.MAX_VALUE, disk);
        fill(0, 3 * FIT);
        damageAll(MIB / 2);
        assertNull(client.get(id(0)), "not in memory");
        final ObjectLostException lost = assertThrows(ObjectLostException.class, () -> client.get(id(0), LONG));
        assertTrue(lost.getMessage().contains("crc32c"), lost.getMessage());
        assertTrue(lost.getMessage().contains("spill-"), lost.getMessage());
        assertEquals("OBJECT_LOST", lost.code());
        assertThrows(
                ObjectLostException.class, () -> store.client().get(id(0), LONG), "whoever asks later is told too");
        assertEquals(1, store.counters().lostTotal());
        assertFalse(client.contains(id(0)));
        client.put(id(0), bytes(100, 1));
        client.flush(LONG);
        try (ObjectBuffer object = client.get(id(0), LONG)) {
            assertArrayEquals(bytes(100, 1), object.toByteArray());
        }
    }

    @Test
    void allWhoWaitForALostObjectAreTold() throws Exception {
        start(Long.MAX_VALUE, disk);
        fill(0, 3 * FIT);
        SpillTest.spillFiles(disk).forEach(SpillFailureTest::truncate);
        final List<Throwable> told = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 10; t++) {
            final Thread thread = new Thread(() -> {
                try {
                    client.get(id(1), LONG).close();
                } catch (final ObjectLostException e) {
                    synchronized (told) {
                        told.add(e);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (final Thread thread : threads) {
            thread.join(LONG.toMillis());
        }
        assertEquals(10, told.size());
        assertTrue(told.get(0).getMessage().contains("ends at"), told.get(0).getMessage());
        assertEquals(1, store.counters().lostTotal());
    }

    @Test
    void aDeletedLostObjectIsAsIfItHadNeverBeen() throws Exception {
        start(Long.MAX_VALUE, disk);
        fill(0, 3 * FIT);
        damageAll(200);
        assertThrows(ObjectLostException.class, () -> client.get(id(0), LONG));
        client.delete(id(0));
        assertThrows(ObjectTimeoutException.class, () -> client.get(id(0), SHORT));
    }

    @Test
    void aVanishedDirectoryLosesWhatItHadAndNothingElse() throws Exception {
        start(Long.MAX_VALUE, disk.resolve("a"));
        fill(0, 3 * FIT);
        final List<Integer> inMemory = inMemory(3 * FIT);
        assertFalse(inMemory.isEmpty());
        eventually("all is written", () -> store.counters().spilled() >= 2 * FIT);
        settled();
        Files.move(disk.resolve("a"), disk.resolve("elsewhere"));
        assertThrows(ObjectLostException.class, () -> client.get(id(0), LONG));
        // One may have left memory to make room for the one that was asked for. By then the loss is noticed.
        int lost = 0;
        for (final int i : inMemory) {
            try {
                read(i);
            } catch (final ObjectLostException e) {
                lost++;
            }
        }
        assertTrue(lost <= 1, "lost=" + lost);
        // The directory is made again, and used.
        for (int i = 100; i < 100 + 3 * FIT; i++) {
            put(i);
        }
        for (int i = 100; i < 100 + 3 * FIT; i++) {
            read(i);
        }
    }

    @Test
    void whenOneDirectoryIsFullTheNextIsUsed() throws Exception {
        start(Long.MAX_VALUE, mount("a", 3), mount("b", 20));
        fill(0, 4 * FIT);
        for (int i = 0; i < 4 * FIT; i++) {
            read(i);
        }
        assertEquals(0, store.counters().lostTotal());
        assertTrue(store.counters().spillErrors() > 0);
    }

    @Test
    void whenAllAreFullACreateFailsAndSaysWhyAndNothingIsLost() throws Exception {
        start(Long.MAX_VALUE, mount("a", 3), mount("b", 3));
        int stored = 0;
        StoreFullException full = null;
        while (full == null) {
            try (WritableObject object = client.create(id(stored), MIB, SHORT)) {
                object.put(0, bytes(MIB, stored));
                object.seal();
                stored++;
            } catch (final StoreFullException e) {
                full = e;
            }
        }
        assertTrue(full.getMessage().contains("suspended"), full.getMessage());
        assertTrue(full.getMessage().contains("No space left on device"), full.getMessage());
        assertTrue(stored > FIT, "stored=" + stored);
        assertEquals(stored, present(stored), "each is in memory or on disk");
        for (int i = 0; i < 3; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        client.put(id(1000), bytes(MIB, 1000));
        client.flush(LONG);
        for (int i = 3; i < stored; i++) {
            read(i);
        }
        assertEquals(0, store.counters().lostTotal());
    }

    @Test
    void theQuotaOfDiskHolds() throws Exception {
        start(3L * MIB + 4096, disk);
        int stored = 0;
        StoreFullException full = null;
        while (full == null) {
            try (WritableObject object = client.create(id(stored), MIB, SHORT)) {
                object.put(0, bytes(MIB, stored));
                object.seal();
                stored++;
            } catch (final StoreFullException e) {
                full = e;
            }
        }
        assertTrue(full.getMessage().contains("spill.quotaBytes=3149824"), full.getMessage());
        assertEquals(3, store.counters().spilled());
        long onDisk = 0;
        for (final Path file : SpillTest.spillFiles(disk)) {
            onDisk += Files.size(file);
        }
        assertTrue(onDisk <= 3L * MIB + 4096, "onDisk=" + onDisk);
        client.delete(id(0));
        client.delete(id(1));
        client.put(id(1000), bytes(MIB, 1000));
        client.flush(LONG);
        for (int i = 2; i < stored; i++) {
            read(i);
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeIsAnErrorOfTheCreateNotOfTheStore() throws Exception {
        final Path file = Files.createFile(disk.resolve("file"));
        start(Long.MAX_VALUE, file.resolve("below"));
        for (int i = 0; i < FIT; i++) {
            put(i);
        }
        final StoreFullException full =
                assertThrows(StoreFullException.class, () -> client.create(id(100), MIB, SHORT));
        assertTrue(full.getMessage().contains("cannot make"), full.getMessage());
        for (int i = 0; i < FIT; i++) {
            read(i);
        }
    }

    private void start(final long quotaBytes, final Path... directories) {
        store = new StoreFixture(StoreFixture.config(FIT * MIB)
                .withSpill(new SpillConfig(List.of(directories), 2L * MIB, quotaBytes, 80, SpillSync.NONE)));
        client = store.client();
    }

    private Path mount(final String name, final int mebibytes) throws Exception {
        final Path folder = Files.createDirectory(disk.resolve(name));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "thornback-test", folder.toString()) == 0,
                "mounting a tmpfs is not allowed here");
        mounts.add(folder);
        return folder;
    }

    private static int run(final String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** Nothing is being written any more. */
    private void settled() {
        final long[] last = {-1, System.nanoTime()};
        eventually("the number of spilled objects stays the same", () -> {
            final long now = store.counters().spilled();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 300_000_000L;
        });
    }

    private void put(final int task) {
        client.put(id(task), bytes(MIB, task));
        client.flush(LONG);
    }

    private void fill(final int from, final int to) {
        for (int i = from; i < to; i++) {
            client.put(id(i), bytes(MIB, i));
        }
        client.flush(LONG);
    }

    private void read(final int task) {
        try (ObjectBuffer object = client.get(id(task), LONG)) {
            assertArrayEquals(bytes(MIB, task), object.toByteArray(), "object " + task);
        }
    }

    private int present(final int count) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            found += client.contains(id(i)) ? 1 : 0;
        }
        return found;
    }

    private List<Integer> inMemory(final int count) {
        final List<Integer> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (ObjectBuffer object = client.get(id(i))) {
                if (object != null) {
                    found.add(i);
                }
            }
        }
        return found;
    }

    /** In each object of each file. */
    private void damageAll(final int offsetInPayload) throws Exception {
        for (final Path path : SpillTest.spillFiles(disk)) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                for (long at = SpillDescriptor.RECORDS_OFFSET;
                        at + MIB < file.length();
                        at += SpillDescriptor.recordLength(MIB)) {
                    file.seek(at + SpillDescriptor.HEADER_LENGTH + offsetInPayload);
                    final int old = file.read();
                    file.seek(at + SpillDescriptor.HEADER_LENGTH + offsetInPayload);
                    file.write(old ^ 0x10);
                }
            }
        }
    }

    private static void truncate(final Path path) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(SpillDescriptor.RECORDS_OFFSET + 5000);
        } catch (final java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
