/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the headers of spill files tell a store that starts again, whatever state the one before left them in. No store is needed. */
class SpillRecoveryTest {
    private static final long INCARNATION = 0x1234_5678_9ABC_DEF0L;
    private static final int SIZE = 10_000;

    @TempDir
    Path disk;

    private final ByteBuffer arena = ByteBuffer.allocateDirect(4 << 20);
    private final PayloadMemory memory = (offset, length) -> arena.duplicate()
            .position((int) offset)
            .limit((int) offset + length)
            .slice();
    private SpillFolders folders;
    private SpillWriter writer;

    @BeforeEach
    void open() {
        folders = folders(INCARNATION);
        writer = writer(Map.of());
    }

    @Test
    void findsWhatWasWrittenWithAllThatIsKnownOfIt() throws Exception {
        final List<Spilled> written = write(0, 300);
        final Map<ObjectId, Spilled> found = scan();
        assertEquals(300, found.size());
        for (final Spilled object : written) {
            final Spilled same = found.get(object.id);
            assertEquals(object.place, same.place);
            assertEquals(object.length, same.length);
            assertEquals(object.format, same.format);
            assertEquals(object.flags, same.flags);
            assertEquals(object.creator, same.creator);
            assertEquals(object.payloadCrc, same.payloadCrc);
            assertReadable(same);
        }
    }

    @Test
    void numbersGoOnBehindThoseThatAreThere() throws Exception {
        write(0, 20);
        writer.close();
        final SpillScanner scanner = new SpillScanner(folders);
        writer = writer(scanner.scan(object -> {}));
        final long before = writer.diskBytes();
        final List<Spilled> more = write(20, 40);
        assertTrue(SpillDescriptor.fileNumber(more.get(0).place) > 1);
        assertTrue(writer.diskBytes() > before);
        assertEquals(40, scan().size());
    }

    @Test
    void whatWasDeletedDoesNotComeBack() throws Exception {
        final List<Spilled> written = write(0, 100);
        assertNull(writer.free(written.subList(10, 60)));
        final Map<ObjectId, Spilled> found = scan();
        assertEquals(50, found.size());
        assertFalse(found.containsKey(id(10)));
        assertTrue(found.containsKey(id(60)));
        assertNull(writer.free(written.subList(0, 10)));
        assertNull(writer.free(written.subList(60, 100)));
        assertEquals(List.of(), SpillTest.spillFiles(disk));
        assertEquals(0, writer.diskBytes());
    }

    @Test
    void aFileOfWhichNothingLivesIsDeletedAndItsDiskCountedFree() throws Exception {
        final List<Spilled> written = write(0, 300);
        final int files = SpillTest.spillFiles(disk).size();
        assertTrue(files > 2, "files=" + files);
        final int first = SpillDescriptor.fileNumber(written.get(0).place);
        final Predicate<Spilled> inFirst = o -> SpillDescriptor.fileNumber(o.place) == first;
        writer.free(written.stream().filter(inFirst).toList());
        assertEquals(files - 1, SpillTest.spillFiles(disk).size());
        long onDisk = 0;
        for (final Path file : SpillTest.spillFiles(disk)) {
            onDisk += Files.size(file);
        }
        assertEquals(onDisk, writer.diskBytes());
    }

    @Test
    void aTornEndIsNoObject() throws Exception {
        final List<Spilled> written = write(0, 50);
        writer.close();
        final Spilled last = written.get(49);
        final Path path = SpillTest.spillFiles(disk).get(0);
        for (long cut = 1; cut < SpillDescriptor.recordLength(SIZE); cut += 97) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(SpillDescriptor.offset(last.place) + SpillDescriptor.HEADER_LENGTH + SIZE - cut);
            }
            assertEquals(49, scan().size(), "cut " + cut);
        }
    }

    @Test
    void aDamagedHeaderCostsItsObjectAndNoOther() throws Exception {
        final List<Spilled> written = write(0, 50);
        writer.close();
        final Path path = SpillTest.spillFiles(disk).get(0);
        for (int bit = 0; bit < SpillDescriptor.DEAD_OFFSET * 8; bit += 7) {
            final long at = SpillDescriptor.offset(written.get(20).place) + bit / 8;
            flip(path, at, bit % 8);
            final Map<ObjectId, Spilled> found = scan();
            assertEquals(49, found.size(), "bit " + bit);
            assertFalse(found.containsKey(id(20)));
            flip(path, at, bit % 8);
        }
        flip(path, 3, 0);
        assertEquals(50, scan().size(), "the head of the file is not needed");
    }

    @Test
    void anObjectThatLooksLikeASpillFileIsNotTakenForOne() throws Exception {
        final List<Spilled> written = write(0, 3);
        final byte[] image = Files.readAllBytes(SpillTest.spillFiles(disk).get(0));
        arena.put(0, image);
        final Spilled nested = new Spilled(id(1000), image.length, 0, 0, 1);
        writer.write(List.of(new SpillWriter.Item(nested, 0, 1, 0)));
        writer.close();
        final Path path = SpillTest.spillFiles(disk).get(0);
        flip(path, SpillDescriptor.offset(nested.place) + 20, 0);
        final Map<ObjectId, Spilled> found = scan();
        assertEquals(3, found.size());
        assertEquals(written.get(2).place, found.get(id(2)).place);
    }

    @Test
    void filesOfAnotherStoreAreNotRead() throws Exception {
        write(0, 10);
        writer.close();
        final Map<ObjectId, Spilled> found = new HashMap<>();
        new SpillScanner(folders(INCARNATION + 1)).scan(object -> found.put(object.id, object));
        assertEquals(Map.of(), found);
        // Not even under a name that says they are this store's.
        folders.close();
        Files.move(folders.folder(0), folders(INCARNATION + 1).folder(0));
        new SpillScanner(folders(INCARNATION + 1)).scan(object -> found.put(object.id, object));
        assertEquals(Map.of(), found);
    }

    @Test
    void garbageIsSteppedOver() throws Exception {
        write(0, 10);
        writer.close();
        final byte[] garbage = bytes(300_000, 1);
        Files.write(folders.folder(0).resolve("spill-77.dat"), garbage);
        Files.write(folders.folder(0).resolve("spill-78.dat"), new byte[0]);
        Files.write(folders.folder(0).resolve("spill-79.dat"), Arrays.copyOf(garbage, 65));
        Files.write(folders.folder(0).resolve("spill-x.dat"), garbage);
        assertEquals(10, scan().size());
    }

    @Test
    void deletionsThatTheDiskHadNotHeardOfAreRemembered() throws Exception {
        try (SpillGraves graves = SpillGraves.open(disk)) {
            for (long place = 1; place <= 20_000; place++) {
                assertTrue(graves.add(place));
            }
        }
        try (SpillGraves graves = SpillGraves.open(disk)) {
            final List<Long> places = new ArrayList<>();
            graves.forEach(places::add);
            assertEquals(20_000, places.size());
            assertEquals(20_000L, places.get(19_999));
            assertTrue(graves.add(7));
            assertEquals(20_001, graves.count());
            graves.clear();
        }
        try (SpillGraves graves = SpillGraves.open(disk)) {
            assertEquals(0, graves.count());
        }
    }

    @Test
    void foldersOfDeadStoresAreSweptAndThoseOfLivingOnesAreNot() throws Exception {
        write(0, 10);
        final Path mine = folders.folder(0);
        final SpillFolders next = folders(99);
        assertEquals(0, next.sweep(), "its owner lives");
        assertTrue(Files.exists(mine));
        writer.close();
        folders.close();
        // The owner is dead, but its files in shared memory are there: it may be started again.
        final Path home = disk.resolve("home.dat");
        final byte[] head = new byte[StoreDescriptor.CLIENTS_OFFSET];
        ByteBuffer.wrap(head)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(StoreDescriptor.INCARNATION_OFFSET, INCARNATION);
        Files.write(home, head);
        assertEquals(0, next.sweep());
        assertTrue(Files.exists(mine));
        // Another store has taken that place.
        ByteBuffer.wrap(head).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(StoreDescriptor.INCARNATION_OFFSET, 5);
        Files.write(home, head);
        assertEquals(1, next.sweep());
        assertFalse(Files.exists(mine));
        assertEquals(0, next.sweep());
    }

    @Test
    void objectsLargerThanAFileHaveOneOfTheirOwn() throws Exception {
        write(0, 1);
        final Spilled large = new Spilled(id(500), 3 << 20, 0, 0, 1);
        writer.write(List.of(new SpillWriter.Item(large, 0, 1, 0)));
        write(501, 502);
        assertEquals(3, SpillTest.spillFiles(disk).size());
        assertEquals(SpillDescriptor.RECORDS_OFFSET, SpillDescriptor.offset(large.place));
        assertReadable(large);
    }

    @Test
    void metadataGoesWithItsData() throws Exception {
        final long lengths = 5L << 48 | 11;
        arena.put(0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0, 0, 21, 22, 23, 24, 25});
        final Spilled object = new Spilled(id(1), lengths, 3, 1, 9);
        assertEquals(21, object.payloadBytes());
        writer.write(List.of(new SpillWriter.Item(object, 0, 1, 0)));
        writer.close();
        final Spilled found = scan().get(id(1));
        assertEquals(11, found.dataBytes());
        assertEquals(5, found.metadataBytes());
        final SpillReader reader = new SpillReader(memory, INCARNATION);
        assertNull(reader.read(SpillTest.spillFiles(disk).get(0), found, 4096));
        assertEquals(25, arena.get(4096 + 20));
    }

    private List<Spilled> write(final int from, final int to) {
        final List<SpillWriter.Item> items = new ArrayList<>();
        for (int i = from; i < to; i++) {
            final int offset = (i - from) * SIZE;
            arena.put(offset, bytes(SIZE, i));
            items.add(new SpillWriter.Item(new Spilled(id(i), SIZE, i & 0xFF, i & 1, 1 + i % 7), i, 1, offset));
        }
        writer.write(items);
        final List<Spilled> objects = new ArrayList<>();
        for (final SpillWriter.Item item : items) {
            assertNull(item.failure);
            assertTrue(item.object.place > 0);
            objects.add(item.object);
        }
        return objects;
    }

    private Map<ObjectId, Spilled> scan() {
        final Map<ObjectId, Spilled> found = new HashMap<>();
        new SpillScanner(folders).scan(object -> assertNull(found.put(object.id, object)));
        return found;
    }

    private void assertReadable(final Spilled object) throws Exception {
        final Path path = folders.file(0, SpillDescriptor.fileNumber(object.place));
        final int at = 3_500_000 & -64;
        if (object.payloadBytes() <= SIZE) {
            assertNull(new SpillReader(memory, INCARNATION).read(path, object, at));
            final byte[] bytes = new byte[SIZE];
            UnsafeApi.copyMemory(null, BufferUtil.address(arena) + at, bytes, BufferUtil.ARRAY_BASE_OFFSET, SIZE);
            int task = 0;
            while (!id(task).equals(object.id)) {
                task++;
            }
            assertArrayEquals(bytes(SIZE, task), bytes);
        } else {
            assertNull(new SpillReader(memory, INCARNATION).read(path, object, 0));
        }
        assertNotNull(object.id);
    }

    private static void flip(final Path path, final long at, final int bit) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            final int old = file.read();
            file.seek(at);
            file.write(old ^ 1 << bit);
        }
    }

    private SpillFolders folders(final long incarnation) {
        return new SpillFolders(List.of(disk), disk.resolve("home.dat"), incarnation);
    }

    private SpillWriter writer(final Map<Integer, SpillFile> files) {
        return new SpillWriter(
                new SpillConfig(List.of(disk), 1 << 20, Long.MAX_VALUE, 80, SpillSync.NONE), folders, memory, files);
    }
}
