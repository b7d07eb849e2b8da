/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A catalog that can be trusted is kept, any other is made anew. */
@Timeout(120)
class CatalogFileTest {
    private static final int ENTRIES = 1000;
    private static final long INCARNATION = 0x1234_5678_9ABCL;

    @TempDir
    Path folder;

    static CatalogEntry entry(final int number) {
        final CatalogEntry entry = new CatalogEntry();
        entry.length = 5L << 48 | (1L << 40) + number;
        entry.cell = CatalogEntry.cell(number, 1L << 39);
        entry.place = SpillDescriptor.place(number + 1, 64L * number);
        entry.sealedMs = 1_700_000_000_000L + number;
        entry.accessedMs = entry.sealedMs + 1;
        entry.writtenMs = entry.sealedMs + 2;
        entry.payloadCrc = 0xCAFE_0000 + number;
        entry.creator = 7;
        entry.job = 3;
        entry.format = 200;
        entry.flags = 255;
        entry.places = CatalogDescriptor.IN_MEMORY | CatalogDescriptor.ON_DISK;
        entry.directory = 1;
        return entry;
    }

    @Test
    void whatWasClosedIsFoundAgainFieldByField() throws Exception {
        fill(ENTRIES);
        final CatalogFile file = open();
        assertFalse(file.isMade());
        assertEquals(ENTRIES, file.map().size());
        final CatalogEntry found = new CatalogEntry();
        for (int i = 0; i < ENTRIES; i++) {
            assertTrue(file.map().get(id(i), found));
            assertSame(entry(i), found);
        }
        assertFalse(file.map().get(id(ENTRIES), found));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
        file.close();
    }

    @Test
    void lookupsMakeNoGarbage() throws Exception {
        final CatalogFile file = fillAndKeepOpen(ENTRIES);
        final ObjectId[] ids = new ObjectId[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            ids[i] = id(i);
        }
        final CatalogEntry found = new CatalogEntry();
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 5; round++) {
            lookup(file, ids, found);
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int round = 0; round < 20; round++) {
            lookup(file, ids, found);
        }
        final long perLookup = (threads.getCurrentThreadAllocatedBytes() - before) / (20 * ENTRIES);
        assertEquals(0, perLookup, "bytes for each");
        file.close();
    }

    private static void lookup(final CatalogFile file, final ObjectId[] ids, final CatalogEntry found) {
        for (final ObjectId id : ids) {
            assertTrue(file.map().get(id, found));
        }
    }

    @Test
    void aFullMapTakesNoMoreUntilSomethingGoes() throws Exception {
        final CatalogFile file = fillAndKeepOpen(ENTRIES);
        assertFalse(file.map().put(id(ENTRIES), entry(0)));
        assertTrue(file.map().put(id(5), entry(6)), "what is listed can be changed");
        file.map().remove(id(1));
        assertTrue(file.map().put(id(ENTRIES), entry(0)));
        assertEquals(ENTRIES, file.map().size());
        file.close();
    }

    @Test
    void manySizesCanBeFilledToTheLastEntry() throws Exception {
        for (final int entries : new int[] {1, 2, 63, 64, 65, 4097, 30_000}) {
            final CatalogConfig config = new CatalogConfig(folder.resolve("of-" + entries), entries);
            final CatalogFile file = CatalogFile.open(config, INCARNATION);
            for (int i = 0; i < entries; i++) {
                assertTrue(file.map().put(id(i), entry(i)), "entry " + i + " of " + entries);
            }
            assertFalse(file.map().put(id(entries), entry(entries)));
            file.close();
        }
    }

    @Test
    void aMapWhoseProcessWasKilledIsMadeAnew() throws Exception {
        try (ChildJvm child = child()) {
            child.expect("made");
            child.kill();
        }
        final CatalogFile file = open();
        assertTrue(file.isMade());
        assertEquals(0, file.map().size());
        assertTrue(file.map().put(id(1), entry(1)), "no lock of the dead process is in the way");
        file.close();
    }

    @Test
    void aMapThatALivingProcessHasIsLeftAlone() throws Exception {
        try (ChildJvm child = child()) {
            child.expect("made");
            final IOException refused = assertThrows(IOException.class, this::open);
            assertTrue(refused.getMessage().contains("in use by pid="), refused.getMessage());
        }
        open().close();
    }

    @Test
    void aFlippedByteOfAnEntryIsNoticed() throws Exception {
        fill(ENTRIES);
        // A value's place on disk is in the file as it is in memory.
        flip(indexOf(entry(500).place));
        final CatalogFile file = open();
        assertTrue(file.isMade());
        assertEquals(0, file.map().size());
        file.close();
    }

    @Test
    void aDamagedHeadOfTheMapIsNoticed() throws Exception {
        fill(ENTRIES);
        for (int i = 0; i < 64; i++) {
            flip(i);
        }
        final CatalogFile file = open();
        assertTrue(file.isMade());
        file.close();
    }

    @Test
    void aShortenedOrMissingMapIsMadeAnew() throws Exception {
        fill(ENTRIES);
        try (RandomAccessFile map = new RandomAccessFile(path().toFile(), "rw")) {
            map.setLength(map.length() / 2);
        }
        CatalogFile file = open();
        assertTrue(file.isMade());
        file.close();
        Files.delete(path());
        file = open();
        assertTrue(file.isMade());
        file.close();
        Files.delete(folder.resolve("catalog.dat.head"));
        file = open();
        assertTrue(file.isMade(), "without its head nobody knows what it is");
        file.close();
    }

    @Test
    void aMapOfAnotherStoreOrSizeIsMadeAnew() throws Exception {
        fill(10);
        CatalogFile file = CatalogFile.open(new CatalogConfig(path(), ENTRIES), INCARNATION + 1);
        assertTrue(file.isMade());
        file.close();
        file = CatalogFile.open(new CatalogConfig(path(), ENTRIES + 1), INCARNATION + 1);
        assertTrue(file.isMade());
        file.close();
        file = CatalogFile.open(new CatalogConfig(path(), ENTRIES + 1), INCARNATION + 1);
        assertFalse(file.isMade());
        file.close();
    }

    @Test
    void withoutRoomOnTheDiskThereIsNoMapAndNothingIsLeft() throws Exception {
        final Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "none", mount.toString()) == 0, "may not mount");
        try {
            final Path file = mount.resolve("catalog.dat");
            final Throwable full = assertThrows(
                    Throwable.class, () -> CatalogFile.open(new CatalogConfig(file, 1_000_000), INCARNATION));
            assertFalse(full instanceof AssertionError, full.toString());
            try (Stream<Path> left = Files.list(mount)) {
                assertEquals(List.of(mount.resolve("catalog.dat.lock")), left.toList());
            }
            final CatalogFile fits = CatalogFile.open(new CatalogConfig(file, 100), INCARNATION);
            assertTrue(fits.isMade());
            fits.close();
        } finally {
            assertEquals(0, run("umount", mount.toString()));
        }
    }

    @Test
    void deletingLeavesTheLockAlone() throws Exception {
        open().delete();
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("catalog.dat.lock")), left.toList());
        }
    }

    private static void assertSame(final CatalogEntry expected, final CatalogEntry found) {
        assertEquals(expected.length, found.length);
        assertEquals(expected.cell, found.cell);
        assertEquals(expected.place, found.place);
        assertEquals(expected.sealedMs, found.sealedMs);
        assertEquals(expected.accessedMs, found.accessedMs);
        assertEquals(expected.writtenMs, found.writtenMs);
        assertEquals(expected.payloadCrc, found.payloadCrc);
        assertEquals(expected.creator, found.creator);
        assertEquals(expected.job, found.job);
        assertEquals(expected.format, found.format);
        assertEquals(expected.flags, found.flags);
        assertEquals(expected.places, found.places);
        assertEquals(expected.directory, found.directory);
    }

    private Path path() {
        return folder.resolve("catalog.dat");
    }

    private CatalogFile open() throws IOException {
        return CatalogFile.open(new CatalogConfig(path(), ENTRIES), INCARNATION);
    }

    private void fill(final int objects) throws IOException {
        fillAndKeepOpen(objects).close();
    }

    private CatalogFile fillAndKeepOpen(final int objects) throws IOException {
        final CatalogFile file = open();
        for (int i = 0; i < objects; i++) {
            assertTrue(file.map().put(id(i), entry(i)));
        }
        return file;
    }

    private ChildJvm child() {
        return new ChildJvm(
                CatalogChild.class,
                "map",
                path().toString(),
                String.valueOf(ENTRIES),
                String.valueOf(INCARNATION),
                String.valueOf(ENTRIES / 2));
    }

    private long indexOf(final long value) throws IOException {
        final byte[] all = Files.readAllBytes(path());
        final ByteBuffer buffer = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + Long.BYTES <= all.length; i++) {
            if (buffer.getLong(i) == value) {
                return i;
            }
        }
        throw new AssertionError("not in the file");
    }

    private void flip(final long at) throws IOException {
        try (RandomAccessFile map = new RandomAccessFile(path().toFile(), "rw")) {
            map.seek(at);
            final int old = map.read();
            map.seek(at);
            map.write(old ^ 1);
        }
    }

    private static int run(final String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
