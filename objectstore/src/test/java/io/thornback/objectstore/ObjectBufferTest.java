/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectBufferTest {
    private static final int LENGTH = 1000;

    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(StoreFixture.config(8L << 20).withPinSlots(64));
        client = store.client();
        client.put(id(1), bytes(LENGTH, 1));
        client.flush(LONG);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void whatIsLentDoesNotKeepThePin() {
        final ObjectBuffer object = client.get(id(1));
        final ByteBuffer lent = object.lend(10, 20);
        assertEquals(ByteBuffer.wrap(bytes(LENGTH, 1), 10, 20), lent);
        assertTrue(lent.isReadOnly());
        assertThrows(IndexOutOfBoundsException.class, () -> object.lend(LENGTH - 1, 2));
        assertEquals(1, client.openBuffers());
        object.close();
        assertEquals(0, client.openBuffers(), "though the buffer is still reachable: " + lent);
        assertThrows(IllegalStateException.class, () -> object.lend(0, 1));
    }

    @Test
    void readsEveryTypeLittleEndianAtAnyAlignment() {
        final ByteBuffer expected = ByteBuffer.wrap(bytes(LENGTH, 1)).order(ByteOrder.LITTLE_ENDIAN);
        try (ObjectBuffer object = client.get(id(1))) {
            for (int i = 0; i < LENGTH - 8; i++) {
                assertEquals(expected.get(i), object.getByte(i));
                assertEquals(expected.getShort(i), object.getShort(i));
                assertEquals(expected.getInt(i), object.getInt(i));
                assertEquals(expected.getLong(i), object.getLong(i));
                assertEquals(expected.getFloat(i), object.getFloat(i));
                assertEquals(expected.getDouble(i), object.getDouble(i));
            }
            assertEquals(expected.getDouble(8), object.asDoubleBuffer().get(1));
            assertEquals(expected.getLong(8), object.asLongBuffer().get(1));
            assertEquals(expected.getInt(8), object.asIntBuffer().get(2));
            assertEquals(expected.getFloat(8), object.asFloatBuffer().get(2));
            assertEquals(expected.getLong(3), object.slice(3, 8).getLong(0));
        }
    }

    @Test
    void copiesDoublesInAndOut() {
        final double[] values = {1.5, -0.0, Double.MAX_VALUE, 4};
        try (WritableObject object = client.create(id(2), 8 + 32)) {
            object.put(8, values);
            object.seal();
        }
        final double[] read = new double[6];
        try (ObjectBuffer object = client.get(id(2))) {
            object.getDoubles(16, read, 2, 3);
            assertArrayEquals(new double[] {0, 0, -0.0, Double.MAX_VALUE, 4, 0}, read);
            assertThrows(IndexOutOfBoundsException.class, () -> object.getDoubles(16, read, 0, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> object.getDoubles(8, read, 3, 4));
        }
    }

    @Test
    void checksBounds() {
        try (ObjectBuffer object = client.get(id(1))) {
            assertThrows(IndexOutOfBoundsException.class, () -> object.getByte(LENGTH));
            assertThrows(IndexOutOfBoundsException.class, () -> object.getByte(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> object.getLong(LENGTH - 7));
            assertThrows(IndexOutOfBoundsException.class, () -> object.getLong(Long.MAX_VALUE - 3));
            assertThrows(IndexOutOfBoundsException.class, () -> object.slice(1, LENGTH));
            assertThrows(IndexOutOfBoundsException.class, () -> object.byteBuffer(LENGTH + 1L, 0));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> object.slice(0, 8).getLong(1));
        }
    }

    @Test
    void everyUseAfterCloseNamesTheObject() {
        final ObjectBuffer object = client.get(id(1));
        object.close();
        object.close();
        final List<Runnable> uses = List.of(
                object::length,
                object::format,
                () -> object.getByte(0),
                () -> object.getShort(0),
                () -> object.getInt(0),
                () -> object.getLong(0),
                () -> object.slice(0, 1),
                () -> object.byteBuffer(0, 1),
                object::asByteBuffer,
                object::asDoubleBuffer,
                object::toByteArray);
        for (final Runnable use : uses) {
            final IllegalStateException e = assertThrows(IllegalStateException.class, use::run);
            assertTrue(e.getMessage().contains(id(1).toString()), e.getMessage());
        }
        assertEquals(id(1), object.id());
        assertEquals(0, client.openBuffers());
    }

    @Test
    void whatItHandsOutCannotBeWritten() {
        try (ObjectBuffer object = client.get(id(1))) {
            final DirectBuffer slice = object.slice(0, 8);
            assertFalse(slice instanceof MutableDirectBuffer);
            assertThrows(UnsupportedOperationException.class, () -> slice.wrap(new byte[1]));
            assertTrue(object.asByteBuffer().isReadOnly());
            assertTrue(object.asDoubleBuffer().isReadOnly());
            assertTrue(slice.byteBuffer().isReadOnly());
            assertArrayEquals(bytes(LENGTH, 1), object.toByteArray());
        }
    }

    @Test
    void aSliceKeepsTheObjectAfterCloseAndAfterDelete() {
        DirectBuffer slice;
        try (ObjectBuffer object = client.get(id(1))) {
            slice = object.slice(0, LENGTH);
        }
        deleteAndOverwrite();
        final byte[] read = new byte[LENGTH];
        slice.getBytes(0, read);
        assertArrayEquals(bytes(LENGTH, 1), read);
        slice = null;
        freedWhenCollected();
    }

    @Test
    void aBufferDerivedFromANioBufferKeepsTheObject() {
        ByteBuffer derived;
        try (ObjectBuffer object = client.get(id(1))) {
            derived = object.byteBuffer(100, 800).slice(10, 500).duplicate().asReadOnlyBuffer();
        }
        deleteAndOverwrite();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        final byte[] read = new byte[500];
        derived.get(read);
        assertArrayEquals(Arrays.copyOfRange(bytes(LENGTH, 1), 110, 610), read);
        assertEquals(1, client.openBuffers());
        derived = null;
        freedWhenCollected();
    }

    @Test
    void anAgronaBufferWrappedAroundASliceKeepsTheObject() {
        UnsafeBuffer wrapped = new UnsafeBuffer(client.get(id(1)).slice(0, LENGTH));
        deleteAndOverwrite();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        final byte[] read = new byte[LENGTH];
        wrapped.getBytes(0, read);
        assertArrayEquals(bytes(LENGTH, 1), read);
        wrapped = null;
        freedWhenCollected();
    }

    @Test
    void anUnclosedBufferIsGivenBackByTheCollector() {
        assertEquals(LENGTH, client.get(id(1)).length());
        eventually("the pin is given back", () -> {
            System.gc();
            return client.openBuffers() == 0;
        });
    }

    @Test
    void aFullPinTableSaysSoAndRecovers() {
        final List<ObjectBuffer> open = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            open.add(client.get(id(1)));
        }
        final PinTableFullException e = assertThrows(PinTableFullException.class, () -> client.get(id(1)));
        assertTrue(e.getMessage().contains("slots=64"), e.getMessage());
        open.remove(63).close();
        client.get(id(1)).close();
        open.forEach(ObjectBuffer::close);
        assertEquals(0, client.openBuffers());
    }

    @Test
    void aFullPinTableOfForgottenBuffersIsCollectedFirst() {
        for (int i = 0; i < 64; i++) {
            assertEquals(LENGTH, client.get(id(1)).length());
        }
        client.get(id(1)).close();
    }

    @Test
    void closingTheClientClosesItsBuffersAndLeavesSlicesReadable() {
        final ObjectBuffer object = client.get(id(1));
        DirectBuffer slice = client.get(id(1)).slice(0, LENGTH);
        client.close();
        assertThrows(IllegalStateException.class, object::length);
        assertInstanceOf(
                StoreUnavailableException.class, assertThrows(ObjectStoreException.class, () -> client.get(id(1))));
        final ObjectStoreClient other = store.client();
        other.delete(id(1));
        other.flush(LONG);
        final byte[] read = new byte[LENGTH];
        slice.getBytes(0, read);
        assertArrayEquals(bytes(LENGTH, 1), read);
        assertTrue(store.counters().usedBytes() > 0, "the slice pins the object of a closed client");
        slice = null;
        freedWhenCollected();
    }

    @Test
    void readsAFileStraightIntoAnObject(@TempDir final Path folder) throws Exception {
        final Path file = folder.resolve("data");
        Files.write(file, bytes(100_000, 2));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                WritableObject object = client.create(id(2), 90_000)) {
            object.transferFrom(channel, 10_000);
            assertThrows(EOFException.class, () -> object.transferFrom(channel, 50_000));
            object.transferFrom(channel, 10_000);
            object.seal();
            assertThrows(IllegalStateException.class, () -> object.putLong(0, 1));
            assertThrows(IllegalStateException.class, object::seal);
        }
        try (ObjectBuffer object = client.get(id(2))) {
            assertArrayEquals(Arrays.copyOfRange(bytes(100_000, 2), 10_000, 100_000), object.toByteArray());
        }
    }

    @Test
    void writesEveryTypeInPlace() {
        try (WritableObject object = client.create(id(3), 64)) {
            object.putByte(0, (byte) 1);
            object.putInt(1, 2);
            object.putLong(5, 3);
            object.putDouble(13, 4.5);
            object.put(21, new double[] {6.5});
            object.slice(29, 4).putInt(0, 7);
            object.byteBuffer(33, 4).putInt(8);
            object.put(37, ByteBuffer.wrap(new byte[] {9, 10}));
            assertThrows(IndexOutOfBoundsException.class, () -> object.putLong(57, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> object.put(0, new byte[65]));
            object.seal();
        }
        try (ObjectBuffer object = client.get(id(3))) {
            assertEquals(1, object.getByte(0));
            assertEquals(2, object.getInt(1));
            assertEquals(3, object.getLong(5));
            assertEquals(4.5, object.getDouble(13));
            assertEquals(6.5, object.getDouble(21));
            assertEquals(7, object.getInt(29));
            assertEquals(8, object.getInt(33));
            assertEquals(10, object.getByte(38));
        }
    }

    /** Deletes object 1 and fills the memory of its size class with something else. */
    private void deleteAndOverwrite() {
        client.delete(id(1));
        client.flush(LONG);
        for (int i = 100; i < 400; i++) {
            client.put(id(i), bytes(LENGTH, i));
            client.delete(id(i));
        }
        client.flush(LONG);
    }

    private void freedWhenCollected() {
        eventually("the memory is free after a collection", () -> {
            System.gc();
            return store.counters().usedBytes() == 0;
        });
    }
}
