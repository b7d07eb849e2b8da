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

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects go to disk and come back, while nothing is wrong with the disk. Objects of 1 MiB in an arena of 8. */
class SpillTest {
    private static final int MIB = 1 << 20;
    private static final int FIT = 8;

    @TempDir
    Path disk;

    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(StoreFixture.config(FIT * MIB)
                .withSpill(new SpillConfig(List.of(disk), 5 * MIB, Long.MAX_VALUE, 60, SpillSync.NONE)));
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void aboveTheHighWaterMarkTheOldestAreWrittenAndStayInMemory() throws Exception {
        for (int i = 0; i < 4; i++) {
            client.put(id(i), bytes(MIB, i));
        }
        client.flush(LONG);
        assertEquals(0, store.counters().spilled());
        for (int i = 4; i < 7; i++) {
            client.put(id(i), bytes(MIB, i));
        }
        client.flush(LONG);
        eventually("some are on disk", () -> store.counters().spilled() >= 3);
        assertEquals(7, store.counters().objects());
        assertEquals(0, store.counters().evictedTotal());
        assertEquals(store.counters().spilled() * MIB, store.counters().spilledBytes());
        assertFalse(spillFiles().isEmpty());
    }

    @Test
    void moreThanFitsIsKeptAndComesBackBitForBit() {
        fill(5 * FIT);
        final ObjectStoreClient reader = store.client();
        for (int i = 0; i < 5 * FIT; i++) {
            assertTrue(reader.contains(id(i)), "object " + i);
            try (ObjectBuffer object = reader.get(id(i), LONG)) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray(), "object " + i);
            }
        }
        final StoreCounters counters = store.counters();
        assertTrue(counters.evictedTotal() >= 4 * FIT, "evicted=" + counters.evictedTotal());
        assertTrue(counters.restoredTotal() >= 4 * FIT, "restored=" + counters.restoredTotal());
        assertEquals(0, counters.lostTotal());
        assertEquals(0, counters.spillErrors());
    }

    @Test
    void whatWasRestoredNeedNotBeWrittenAgain() {
        fill(4 * FIT);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4 * FIT; i++) {
                read(i);
            }
        }
        eventually("nothing is under way", () -> store.counters().spilled() <= 4 * FIT);
        final long onDisk = store.counters().spilledBytes();
        assertTrue(onDisk <= 4L * FIT * MIB, "spilledBytes=" + onDisk);
    }

    @Test
    void aHundredGetsOfOneObjectRestoreItOnce() throws Exception {
        fill(3 * FIT);
        final long before = store.counters().restoredTotal();
        assertNull(client.get(id(0)), "not in memory");
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicInteger good = new AtomicInteger();
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 100; t++) {
            final Thread thread = new Thread(() -> {
                try {
                    go.await();
                    read(0);
                    good.incrementAndGet();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (final Thread thread : threads) {
            thread.join(LONG.toMillis());
        }
        assertEquals(100, good.get());
        assertEquals(before + 1, store.counters().restoredTotal());
    }

    @Test
    void smallObjectsShareFilesAndKeepTheirFormat() throws Exception {
        final int count = 40_000;
        final int size = 700;
        for (int i = 0; i < count; i++) {
            try (WritableObject object = client.create(id(i), size + i % 3)) {
                object.format(i & 0xFF);
                object.putInt(0, i);
                object.putInt(size - 4, ~i);
                object.seal();
            }
        }
        client.flush(LONG);
        assertTrue(spillFiles().size() < 12, "files=" + spillFiles());
        for (int i = 0; i < count; i += 97) {
            try (ObjectBuffer object = client.get(id(i), LONG)) {
                assertEquals(size + i % 3, object.length());
                assertEquals(i & 0xFF, object.format());
                assertEquals(i, object.getInt(0));
                assertEquals(~i, object.getInt(size - 4));
            }
        }
        assertEquals(0, store.counters().lostTotal());
    }

    @Test
    void whatIsDeletedLeavesTheDisk() throws Exception {
        fill(4 * FIT);
        for (int i = 0; i < 4 * FIT; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        assertEquals(4 * FIT, store.counters().deletedTotal());
        eventually("nothing is on disk", () -> store.counters().spilled() == 0);
        assertEquals(0, store.counters().spilledBytes());
        eventually("no file is left", () -> spillFiles().isEmpty());
        eventually("all memory is free", () -> store.counters().usedBytes() == 0);
        assertFalse(client.contains(id(0)));
        fill(2 * FIT);
        read(0);
    }

    @Test
    void theReleaseOfAJobTakesItsSpilledObjectsToo() {
        fill(3 * FIT);
        client.put(id(2, 1, 0), bytes(MIB, 77));
        client.releaseJob(1);
        client.flush(LONG);
        eventually("only the other job's object is left", () -> store.counters().deletedTotal() == 3 * FIT);
        assertFalse(client.contains(id(1)));
        assertTrue(client.contains(id(2, 1, 0)));
    }

    @Test
    void anIdThatIsOnDiskIsTaken() {
        fill(3 * FIT);
        assertNull(client.get(id(0)), "not in memory");
        client.put(id(0), bytes(10, 5));
        assertThrows(ObjectExistsException.class, () -> client.flush(LONG));
        read(0);
    }

    @Test
    void aGetThatGivesUpLeavesNothingBehind() {
        fill(3 * FIT);
        final List<ObjectBuffer> readers = new ArrayList<>();
        for (int i = 2 * FIT; readers.size() < FIT; i = i + 1 == 3 * FIT ? 2 * FIT : i + 1) {
            readers.add(client.get(id(i), LONG));
        }
        assertThrows(ObjectTimeoutException.class, () -> client.get(id(0), Duration.ofMillis(50)));
        readers.forEach(ObjectBuffer::close);
        read(0);
        client.create(id(500), FIT * MIB - MIB, LONG).close();
    }

    @Test
    void aRestoreThatCannotFitDoesNotHoldUpSmallCreatesForEver() throws Exception {
        client.put(id(1000), bytes(5 * MIB, 1000));
        client.flush(LONG);
        fill(2 * FIT);
        final List<ObjectBuffer> readers = new ArrayList<>();
        for (int i = 0; i < FIT - 2; i++) {
            readers.add(client.get(id(i), LONG));
        }
        assertNull(client.get(id(1000)), "not in memory");
        final AtomicInteger length = new AtomicInteger();
        final Thread reader = new Thread(() -> {
            try (ObjectBuffer object = client.get(id(1000), LONG)) {
                length.set((int) object.length());
            }
        });
        reader.start();
        client.create(id(2000), MIB / 2, LONG).close();
        readers.forEach(ObjectBuffer::close);
        reader.join(LONG.toMillis());
        assertEquals(5 * MIB, length.get());
    }

    @Test
    void aDeleteWhileItIsReadBackWins() {
        fill(3 * FIT);
        for (int i = 0; i < 2 * FIT; i++) {
            client.await(id(i), () -> {});
            client.delete(id(i));
        }
        client.flush(LONG);
        eventually("all are deleted", () -> store.counters().deletedTotal() == 2 * FIT);
        for (int i = 0; i < 2 * FIT; i++) {
            assertFalse(client.contains(id(i)), "object " + i);
        }
        for (int i = 2 * FIT; i < 3 * FIT; i++) {
            read(i);
        }
    }

    @Test
    void emptyObjectsAndOnesOfAllMemoryGoToDiskToo() {
        client.put(id(0), new byte[0]);
        client.put(id(1), bytes(FIT * MIB - MIB, 1));
        client.put(id(2), bytes(FIT * MIB - MIB, 2));
        client.put(id(3), bytes(FIT * MIB - MIB, 3));
        for (int i = 3; i >= 1; i--) {
            try (ObjectBuffer object = client.get(id(i), LONG)) {
                assertArrayEquals(bytes(FIT * MIB - MIB, i), object.toByteArray());
            }
        }
        try (ObjectBuffer object = client.get(id(0), LONG)) {
            assertEquals(0, object.length());
        }
    }

    @Test
    void everyPolicyOfForcingKeepsObjects() throws Exception {
        for (final SpillSync sync : SpillSync.values()) {
            final Path folder = Files.createDirectory(disk.resolve(sync.name()));
            try (StoreFixture other = new StoreFixture(StoreFixture.config(4 * MIB)
                    .withSpill(new SpillConfig(List.of(folder), 2 * MIB, Long.MAX_VALUE, 50, sync)))) {
                final ObjectStoreClient writer = other.client();
                for (int i = 0; i < 12; i++) {
                    writer.put(id(i), bytes(MIB - 7, i));
                }
                for (int i = 0; i < 12; i++) {
                    try (ObjectBuffer object = writer.get(id(i), LONG)) {
                        assertArrayEquals(bytes(MIB - 7, i), object.toByteArray(), sync + " " + i);
                    }
                }
            }
        }
    }

    @Test
    void theFolderGoesWithTheStore() throws Exception {
        try (StoreFixture other = new StoreFixture(StoreFixture.config(4 * MIB)
                .withSpill(new SpillConfig(List.of(disk), 2 * MIB, Long.MAX_VALUE, 50, SpillSync.NONE)))) {
            final ObjectStoreClient writer = other.client();
            for (int i = 0; i < 8; i++) {
                writer.put(id(i), bytes(MIB, i));
            }
            writer.flush(LONG);
            eventually("the other store has a folder", () -> folders() >= 1);
        }
        assertEquals(0, folders());
    }

    private void fill(final int count) {
        for (int i = 0; i < count; i++) {
            client.put(id(i), bytes(MIB, i));
        }
        client.flush(LONG);
    }

    private void read(final int task) {
        try (ObjectBuffer object = client.get(id(task), LONG)) {
            assertArrayEquals(bytes(MIB, task), object.toByteArray(), "object " + task);
        }
    }

    private int folders() {
        try (Stream<Path> all = Files.list(disk)) {
            return (int) all.count();
        } catch (final java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> spillFiles() {
        return spillFiles(disk);
    }

    static List<Path> spillFiles(final Path disk) {
        try (Stream<Path> all = Files.walk(disk)) {
            return all.filter(f -> f.getFileName().toString().startsWith("spill-"))
                    .sorted()
                    .toList();
        } catch (final java.io.IOException | java.io.UncheckedIOException e) {
            return List.of(); // a file went while we looked
        }
    }
}
