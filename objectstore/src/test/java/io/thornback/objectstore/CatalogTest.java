/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.NanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the store has is listed, survives, and is found again; and nothing of that is missed when the catalog cannot be had. */
@Timeout(120)
class CatalogTest {
    private static final int MIB = 1 << 20;
    private static final int FIT = 8;
    private static final int ENTRIES = 1 << 12;

    @TempDir
    Path disk;

    private final AtomicLong addedNs = new AtomicLong();
    private StoreFixture store;

    static StoreConfig config(final Path shmDir, final Path disk, final int entries) {
        return StoreConfig.of(shmDir, FIT * (long) MIB)
                .withMaxObjects(1 << 14)
                .withSpill(new SpillConfig(List.of(disk.resolve("spill")), 5 * MIB, Long.MAX_VALUE, 60, SpillSync.NONE))
                .withCatalog(new CatalogConfig(disk.resolve("catalog").resolve("catalog.dat"), entries));
    }

    @AfterEach
    void stop() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void whatLivesIsListedAndWhatIsDeletedIsNotAnyMore() {
        final ObjectStoreClient client = start(ENTRIES);
        putAll(client, 0, 100);
        seconds(3);
        eventually("all are listed", () -> store.counters().catalogued() == 100);
        for (int i = 0; i < 40; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        seconds(2);
        eventually("the deleted are not", () -> store.counters().catalogued() == 60);
        assertEquals(0, store.counters().uncatalogued());
    }

    @Test
    void whatLivesAndDiesBetweenTwoBatchesIsNeverWritten() throws Exception {
        final ObjectStoreClient client = start(ENTRIES, addedNs::get); // no second passes unless the test says so
        putAll(client, 0, 3);
        eventually(
                "it is open",
                () -> { // made beside the store, however long that takes; the next second has it used
                    seconds(1);
                    return store.counters().catalogued() == 3;
                });
        for (int i = 1000; i < 3000; i++) {
            client.put(id(i), bytes(100, i));
            client.delete(id(i));
        }
        client.flush(LONG);
        seconds(3);
        putAll(client, 3, 4);
        seconds(3);
        eventually("the next is listed", () -> store.counters().catalogued() == 4);
        // What is removed from a map stays in its file until the place is used again.
        final Set<Long> found = new HashSet<>();
        final ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(catalog())).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + Long.BYTES <= all.capacity(); i++) {
            found.add(all.getLong(i));
        }
        for (int i = 0; i < 4; i++) {
            assertTrue(found.contains(id(i).word0), "listed: " + i);
        }
        for (int i = 1000; i < 3000; i++) {
            assertFalse(found.contains(id(i).word0), "written: " + i);
        }
        store.close();
        store = null;
        assertFalse(Files.exists(catalog()), "the store has ended for good");
    }

    @Test
    void placesOnDiskLeaveTheHeapAndAreStillKnown() {
        final ObjectStoreClient client = start(ENTRIES);
        fill(client, 5 * FIT);
        seconds(3);
        eventually("all are listed", () -> store.counters().catalogued() == 5 * FIT);
        eventually("no place is on the heap", () -> store.agent.describe().contains("onHeap=0"));
        final ObjectStoreClient reader = store.client();
        for (int i = 0; i < 5 * FIT; i++) {
            assertTrue(reader.contains(id(i)), "object " + i);
            try (ObjectBuffer object = reader.get(id(i), LONG)) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray(), "object " + i);
            }
        }
        for (int i = 0; i < 5 * FIT; i++) {
            client.delete(id(i));
            client.flush(LONG);
            assertFalse(client.contains(id(i)), "deleted " + i);
        }
        eventually("nothing is on disk", () -> store.counters().spilled() == 0);
        assertEquals(0, store.counters().spilledBytes());
        seconds(3);
        eventually("nothing is listed", () -> store.counters().catalogued() == 0);
        client.put(id(1), bytes(100, 7));
        client.flush(LONG);
        assertTrue(client.contains(id(1)), "an id can be used again");
    }

    @Test
    void whatOnlyTheCatalogKnowsIsInTheListToo() {
        final ObjectStoreClient client = start(ENTRIES);
        fill(client, 5 * FIT);
        client.put(id(2, 1, 0), bytes(MIB, 1));
        client.flush(LONG);
        seconds(3);
        eventually("no place is on the heap", () -> store.agent.describe().contains("onHeap=0"));
        final Set<ObjectId> listed = new HashSet<>();
        for (final ObjectInfo object : client.list(1, LONG)) {
            assertTrue(listed.add(object.id()), "twice: " + object);
            assertEquals(MIB, object.sizeBytes());
        }
        assertEquals(5 * FIT, listed.size());
        assertEquals(5 * FIT + 1, client.list(ObjectStoreClient.EVERY_JOB, LONG).size());
    }

    @Test
    void theObjectsOfAJobGoAlsoWhereOnlyTheCatalogKnowsThem() {
        final ObjectStoreClient client = start(ENTRIES);
        fill(client, 4 * FIT);
        client.put(id(2, 1, 0), bytes(MIB, 1));
        seconds(3);
        eventually("no place is on the heap", () -> store.agent.describe().contains("onHeap=0"));
        client.releaseJob(1);
        eventually(
                "one is left",
                () -> store.counters().spilled() <= 1 && store.counters().objects() <= 1);
        try (ObjectBuffer object = client.get(id(2, 1, 0), LONG)) {
            assertArrayEquals(bytes(MIB, 1), object.toByteArray());
        }
    }

    @Test
    void aFullCatalogRefusesNoObject() {
        final ObjectStoreClient client = start(10);
        fill(client, 4 * FIT);
        seconds(3);
        eventually(
                "it is full",
                () -> store.counters().catalogued() == 10 && store.counters().uncatalogued() > 0);
        readAll(store.client(), 4 * FIT);
        for (int i = 0; i < 4 * FIT; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        eventually("nothing is on disk", () -> store.counters().spilled() == 0);
        seconds(3);
        eventually("nothing is listed", () -> store.counters().catalogued() == 0);
    }

    @Test
    void aCatalogThatCannotBeHadIsMissedByNobody() throws Exception {
        Files.createDirectories(catalog().getParent());
        final CatalogFile other = CatalogFile.open(new CatalogConfig(catalog(), ENTRIES), 1);
        final ObjectStoreClient client = start(ENTRIES);
        fill(client, 4 * FIT);
        seconds(3);
        eventually("the store does without", () -> store.agent.describe().contains("catalog=off"));
        readAll(store.client(), 4 * FIT);
        assertEquals(0, store.counters().catalogued());
        assertTrue(store.counters().uncatalogued() > 0);
        other.delete();
    }

    @Test
    void whatADamagedCatalogKnewIsReadFromTheSpillFiles() throws Exception {
        final ObjectStoreClient client = start(ENTRIES);
        fill(client, 4 * FIT);
        seconds(3);
        eventually("all are listed", () -> store.counters().catalogued() == 4 * FIT);
        eventually("no place is on the heap", () -> store.agent.describe().contains("onHeap=0"));
        client.delete(id(0));
        client.delete(id(4 * FIT - 1));
        client.flush(LONG);
        // While it is open: what the map's memory shows is what the file holds.
        final byte[] all = Files.readAllBytes(catalog());
        try (RandomAccessFile map = new RandomAccessFile(catalog().toFile(), "rw")) {
            for (int i = 1; i < 4 * FIT - 1; i++) {
                map.seek(indexOf(all, id(i).toByteArray()) + ObjectId.LENGTH_BYTES + CatalogDescriptor.PLACE_OFFSET);
                map.write(0x55);
            }
        }
        final ObjectStoreClient reader = store.client();
        for (int i = 1; i < 4 * FIT - 1; i++) {
            try (ObjectBuffer object = reader.get(id(i), LONG)) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray(), "object " + i);
            }
        }
        assertTrue(store.agent.describe().contains("catalog=off"), store.agent.describe());
        assertFalse(reader.contains(id(0)), "deleted before");
        assertFalse(reader.contains(id(4 * FIT - 1)), "deleted before");
        assertEquals(store.counters().spilled() * MIB, store.counters().spilledBytes());
        for (int i = 1; i < 4 * FIT - 1; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        assertFalse(reader.contains(id(1)), "deleted after");
        assertEquals(0, store.counters().spilled());
        assertEquals(0, store.counters().spilledBytes());
    }

    @Test
    void aStoreThatEndsInOrderLeavesItsCatalogToTheNext() throws Exception {
        final Path shm = StoreFixture.folder();
        try (RestartableStore first = new RestartableStore(config(shm, disk, ENTRIES))) {
            final ObjectStoreClient client = first.client();
            fill(client, 3 * FIT);
            eventually("all are listed", () -> first.counters().catalogued() == 3 * FIT);
            first.stop();
            final CatalogEntry before = new CatalogEntry();
            inspect(shm, file -> {
                assertFalse(file.isMade());
                assertEquals(3 * FIT, file.map().size());
                assertTrue(file.map().get(id(0), before));
                assertTrue(before.isOnDisk());
            });
            Thread.sleep(20);
            first.start();
            final ObjectStoreClient next = first.client();
            next.delete(id(1));
            next.flush(LONG);
            eventually("it is open, and one is gone", () -> first.counters().catalogued() == 3 * FIT - 1);
            readAll(next, List.of(0, 2, 3, 4, 5, 3 * FIT - 1));
            first.stop();
            inspect(shm, file -> {
                final CatalogEntry after = new CatalogEntry();
                assertTrue(file.map().get(id(0), after));
                assertEquals(before.sealedMs, after.sealedMs, "when it was made is known since the first store");
                assertTrue(after.isOnDisk());
                assertFalse(file.map().get(id(1), after), "deleted");
            });
        }
    }

    @Test
    void afterAKillTheCatalogIsRebuiltAndEverythingServed() throws Exception {
        final Path shm = StoreFixture.folder();
        try (ChildJvm child = new ChildJvm(CatalogChild.class, "store", shm.toString(), disk.toString())) {
            child.expect("ready");
            try (ObjectStoreClient client = ObjectStoreClient.connect(ClientOptions.of(shm, "before-kill", 1))) {
                fill(client, 4 * FIT);
                eventually("it is listed", () -> StoreCounters.read(shm).catalogued() == 4 * FIT);
            }
            child.kill();
        }
        assertTrue(Files.exists(catalog()));
        try (RestartableStore next = new RestartableStore(config(shm, disk, ENTRIES))) {
            final ObjectStoreClient client = next.client();
            readAll(client, 4 * FIT);
            eventually("all are listed again", () -> next.counters().catalogued() == 4 * FIT);
            readAll(client, 4 * FIT);
        }
    }

    private interface Inspection {
        void look(CatalogFile file);
    }

    private void inspect(final Path shm, final Inspection inspection) throws Exception {
        final long incarnation;
        try (RandomAccessFile head =
                new RandomAccessFile(shm.resolve("store").resolve("store.dat").toFile(), "r")) {
            head.seek(StoreDescriptor.INCARNATION_OFFSET);
            incarnation = Long.reverseBytes(head.readLong());
        }
        final CatalogFile file = CatalogFile.open(new CatalogConfig(catalog(), ENTRIES), incarnation);
        inspection.look(file);
        file.close();
    }

    private ObjectStoreClient start(final int entries) {
        return start(entries, () -> System.nanoTime() + addedNs.get());
    }

    private ObjectStoreClient start(final int entries, final NanoClock clock) {
        store = new StoreFixture(config(StoreFixture.folder(), disk, entries), clock);
        return store.client();
    }

    private Path catalog() {
        return disk.resolve("catalog").resolve("catalog.dat");
    }

    /** Time passes, second by second: the store looks at its clock ten times a second at least. */
    private void seconds(final int count) {
        for (int i = 0; i < count; i++) {
            final long tick = tick();
            addedNs.addAndGet(Duration.ofSeconds(1).toNanos());
            eventually("the store has seen the second", () -> tick() > tick);
        }
    }

    private long tick() {
        try (RandomAccessFile head = new RandomAccessFile(
                store.shmDir.resolve("store").resolve("store.dat").toFile(), "r")) {
            head.seek(StoreDescriptor.TICK_OFFSET);
            return Long.reverseBytes(head.readLong());
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void putAll(final ObjectStoreClient client, final int from, final int to) {
        for (int i = from; i < to; i++) {
            client.put(id(i), bytes(100, i));
        }
        client.flush(LONG);
    }

    private static void fill(final ObjectStoreClient client, final int count) {
        for (int i = 0; i < count; i++) {
            try (WritableObject object = client.create(id(i), MIB, LONG)) {
                object.put(0, bytes(MIB, i));
                object.seal();
            }
        }
        client.flush(LONG);
    }

    private static void readAll(final ObjectStoreClient client, final int count) {
        for (int i = 0; i < count; i++) {
            readAll(client, List.of(i));
        }
    }

    private static void readAll(final ObjectStoreClient client, final List<Integer> numbers) {
        for (final int i : numbers) {
            try (ObjectBuffer object = client.get(id(i), LONG)) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray(), "object " + i);
            }
        }
    }

    private static long indexOf(final byte[] all, final byte[] wanted) {
        for (int i = 0; i + wanted.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("not in the file");
    }
}
