/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MappedFileTest {

    private static final long GIB = 1L << 30;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = ShmFolder.make();
    }

    @AfterEach
    void deleteFolder() throws IOException {
        ShmFolder.delete(folder);
    }

    @Test
    void whatOneMappingWritesAnotherReads() {
        final Path path = folder.resolve("a.dat");
        try (MappedFile writer = MappedFile.create(path, 8192);
                MappedFile reader = MappedFile.openReadOnly(path);
                MappedFile other = MappedFile.open(path)) {
            assertEquals(8192, reader.sizeBytes());
            assertEquals(0, reader.buffer(0, 8192).getLong(8000));
            writer.buffer(4096, 4096).putLong(8, 42);
            assertEquals(42, reader.buffer(4096, 4096).getLong(8));
            other.byteBuffer(4104, 8).putLong(0, 43);
            final ByteBuffer view = reader.byteBuffer(4104, 8);
            assertEquals(ByteOrder.nativeOrder(), view.order());
            assertEquals(43, view.getLong(0));
            assertThrows(ReadOnlyBufferException.class, () -> view.put(0, (byte) 1));
        }
    }

    @Test
    void pagesThatAreGivenBackAreGoneAndCanBeReservedAgain() throws IOException {
        final Path path = folder.resolve("a.dat");
        try (MappedFile file = MappedFile.createSparse(path, 64 << 20)) {
            file.reserve(0, 1 << 20);
            file.buffer(0, 1 << 20).putLong(8192, 42);
            file.buffer(0, 1 << 20).putLong(0, 43);
            file.giveBack(8192, (1 << 20) - 8192);
            assertEquals(8192, allocatedBytes(path));
            file.reserve(8192, 4096);
            assertEquals(0, file.buffer(0, 1 << 20).getLong(8192));
            assertEquals(43, file.buffer(0, 1 << 20).getLong(0));
            assertEquals(64 << 20, Files.size(path));
            assertThrows(IndexOutOfBoundsException.class, () -> file.giveBack(64 << 20, 4096));
        }
        try (MappedFile full = MappedFile.create(folder.resolve("b.dat"), 4096)) {
            assertThrows(IllegalStateException.class, () -> full.giveBack(0, 4096));
        }
    }

    @Test
    void createReservesEveryPageAndIsForTheOwnerOnly() throws IOException {
        final Path path = folder.resolve("a.dat");
        MappedFile.create(path, 1 << 20).close();
        assertEquals(1 << 20, allocatedBytes(path));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void aFileOfMoreThanTwoGibibytesIsReservedWhereItIsUsed() throws IOException {
        final Path path = folder.resolve("big.dat");
        try (MappedFile file = MappedFile.createSparse(path, 5 * GIB)) {
            assertEquals(0, allocatedBytes(path));
            file.reserve(4 * GIB, 1 << 16);
            file.reserve(4 * GIB, 1 << 16);
            assertEquals(1 << 16, allocatedBytes(path));
            file.buffer(4 * GIB, 1 << 16).putLong(65528, 7);
            try (MappedFile again = MappedFile.open(path)) {
                assertEquals(5 * GIB, again.sizeBytes());
                assertEquals(7, again.buffer(4 * GIB + 65528, 8).getLong(0));
                again.reserve(GIB, 4096);
                assertEquals((1 << 16) + 4096, allocatedBytes(path));
                assertEquals(7, file.buffer(4 * GIB + 65528, 8).getLong(0), "reserved again, and kept");
            }
        }
    }

    @Test
    void anExistingFileIsNeitherReplacedNorChanged() throws IOException {
        final Path path = folder.resolve("a.dat");
        Files.write(path, new byte[] {1, 2, 3});
        final PosixException e = assertThrows(PosixException.class, () -> MappedFile.create(path, 4096));
        assertEquals(Errno.EEXIST, e.errno());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertThrows(PosixException.class, () -> MappedFile.createSparse(path, 4096));
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
    }

    @Test
    void aMissingAnEmptyAndATooShortFileAreRefused() throws IOException {
        final Path path = folder.resolve("a.dat");
        final PosixException missing = assertThrows(PosixException.class, () -> MappedFile.open(path));
        assertEquals(Errno.ENOENT, missing.errno());
        assertTrue(missing.getMessage().contains("ENOENT"), missing.getMessage());
        Files.createFile(path);
        assertThrows(PosixException.class, () -> MappedFile.open(path));
        assertThrows(PosixException.class, () -> MappedFile.openReadOnly(path));
        Files.write(path, new byte[100]);
        final PosixException e = assertThrows(PosixException.class, () -> MappedFile.open(path, 4096));
        assertTrue(e.getMessage().contains("lengthBytes=100 minimumBytes=4096"), e.getMessage());
    }

    @Test
    void rangesOutsideTheFileAreRefused() {
        try (MappedFile file = MappedFile.createSparse(folder.resolve("a.dat"), 4096)) {
            assertThrows(IndexOutOfBoundsException.class, () -> file.buffer(1, 4096));
            assertThrows(IndexOutOfBoundsException.class, () -> file.byteBuffer(-1, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> file.reserve(4096, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.reserve(1, Long.MAX_VALUE));
        }
        assertThrows(IllegalArgumentException.class, () -> MappedFile.create(folder.resolve("b.dat"), 0));
        assertFalse(Files.exists(folder.resolve("b.dat")));
    }

    @Test
    void reserveIsRefusedWhereItMakesNoSense() {
        final Path path = folder.resolve("a.dat");
        final MappedFile sparse = MappedFile.createSparse(path, 4096);
        sparse.close();
        sparse.close();
        assertThrows(IllegalStateException.class, () -> sparse.reserve(0, 4096));
        try (MappedFile readOnly = MappedFile.openReadOnly(path)) {
            assertThrows(IllegalStateException.class, () -> readOnly.reserve(0, 4096));
        }
    }

    @Test
    void closeGivesBackMappingsAndDescriptors() throws IOException {
        final long before = ShmFolder.openDescriptorsBelow(folder);
        for (int i = 0; i < 20; i++) {
            final Path path = folder.resolve(i + ".dat");
            MappedFile.create(path, 4096).close();
            MappedFile.open(path).close();
            MappedFile.openReadOnly(path).close();
            assertThrows(PosixException.class, () -> MappedFile.open(path, 8192));
            assertThrows(PosixException.class, () -> MappedFile.create(path, 4096));
            MappedFile.createSparse(folder.resolve(i + ".sparse"), 4096).close();
        }
        assertEquals(before, ShmFolder.openDescriptorsBelow(folder));
        final String maps = Files.readString(Path.of("/proc/self/maps"));
        assertFalse(maps.contains(folder.toString()), maps);
    }

    private static long allocatedBytes(final Path path) throws IOException {
        final Process stat = new ProcessBuilder("/usr/bin/stat", "-c", "%b %B", path.toString()).start();
        final String[] blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .trim()
                .split(" ", -1);
        return Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
    }
}
