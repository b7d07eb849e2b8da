/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Metadata, other views, and what is forgotten. */
class ClientFeaturesTest {
    private static final int MIB = 1 << 20;

    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(16L << 20);
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void metadataIsKeptBesideDataOfAnyLength() {
        final int[] lengths = {0, 1, 7, 8, 100, 65_536, 1_000_000};
        final int[] metadataLengths = {0, 1, 300, CreateOptions.MAX_METADATA_BYTES};
        int n = 0;
        for (final int length : lengths) {
            for (final int metadataLength : metadataLengths) {
                final ObjectId id = id(++n);
                try (WritableObject object =
                        client.create(id, length, CreateOptions.DEFAULT.withMetadata(bytes(metadataLength, n)))) {
                    object.put(0, bytes(length, -n));
                    object.seal();
                }
                client.flush(LONG);
                try (ObjectBuffer object = store.client().get(id)) {
                    assertEquals(length, object.length());
                    assertArrayEquals(bytes(length, -n), object.toByteArray());
                    assertEquals(metadataLength, object.metadataLength());
                    assertArrayEquals(bytes(metadataLength, n), object.metadata());
                }
                client.delete(id);
            }
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> CreateOptions.DEFAULT.withMetadata(new byte[CreateOptions.MAX_METADATA_BYTES + 1]));
    }

    /** Read as a cell's number, some of these lie outside of the store's memory. */
    @Test
    void aCursorThatNoPageGaveCostsTheStoreNothing() {
        client.put(id(1), bytes(9, 1));
        final long[] cursors = {
            Long.MIN_VALUE,
            -2,
            1L << 31,
            (1L << 31) + 7,
            (1L << 32) - 1,
            (1L << 32) - 4096,
            (1L << 32) + 9,
            Long.MAX_VALUE
        };
        for (final long cursor : cursors) {
            client.lane.list(1, cursor, Integer.MAX_VALUE, ObjectStoreClient.EVERY_JOB);
        }
        client.flush(LONG);
        assertEquals(0, store.agent.handlerErrors());
        assertEquals(1, client.list(ObjectStoreClient.EVERY_JOB, LONG).size());
    }

    @Test
    void aCopyIsMarkedAsOne() {
        try (WritableObject object = client.create(id(1), 10, CreateOptions.DEFAULT.asCopy())) {
            object.seal();
        }
        client.put(id(2), bytes(9, 1));
        client.flush(LONG);
        assertEquals(
                1, MemoryObject.list(store.shmDir, MemoryObject::isCopy, 10).size());
    }

    @Test
    void everyMethodOfAClosedBufferSaysThatItIsClosed() {
        client.put(id(1), bytes(100, 1));
        final ObjectBuffer object = client.get(id(1));
        object.close();
        object.close();
        for (final Runnable call : new Runnable[] {
            object::metadata,
            object::metadataLength,
            object::length,
            object::toByteArray,
            object::asByteBuffer,
            () -> object.getLong(0),
            () -> object.slice(0, 1),
            () -> object.as(ByteBuffer.class)
        }) {
            final IllegalStateException e = assertThrows(IllegalStateException.class, call::run);
            assertTrue(e.getMessage().contains("is closed; get the object again"), e.getMessage());
        }
        assertEquals(id(1), object.id());
        assertTrue(object.toString().contains("closed"), object.toString());
    }

    @Test
    void aBufferThatIsNeverClosedIsGivenBackAndCounted() {
        client.put(id(1), bytes(100, 1));
        forget(client);
        eventually("it is given back", () -> {
            System.gc();
            return client.openBuffers() == 0 && client.leakedBuffers() == 1;
        });
        client.get(id(1)).close();
        final ObjectBuffer shared = client.get(id(1));
        final ByteBuffer view = shared.asByteBuffer();
        shared.close();
        assertEquals(100, view.remaining());
        assertEquals(1, client.leakedBuffers(), "what was closed is no leak");
    }

    private static void forget(final ObjectStoreClient client) {
        assertNotNull(client.get(id(1)));
    }

    @Test
    void aLeakSaysWhereItWasAcquiredWhenAskedTo() {
        final ObjectStoreClient traced =
                store.client(ClientOptions.of(store.shmDir, "traced", 1).withTraceLeaks(true));
        traced.put(id(1), bytes(100, 1));
        assertNotNull(traced.leaks.trace());
        assertNull(client.leaks.trace());
        forget(traced);
        eventually("it is given back", () -> {
            System.gc();
            return traced.leakedBuffers() == 1;
        });
    }

    @Test
    void anObjectThatIsNeitherSealedNorClosedIsGivenUp() {
        forgetToSeal(1);
        eventually("it is given up", () -> {
            System.gc();
            client.flush(LONG);
            return client.leakedObjects() == 1 && store.counters().leasedBytes() == 0;
        });
        try (WritableObject sealed = client.create(id(2), MIB)) {
            sealed.seal();
        }
        client.create(id(3), MIB).close();
        assertEquals(0, client.leaks.openUnsealed());
        assertEquals(1, client.leakedObjects());
    }

    private void forgetToSeal(final int task) {
        client.create(id(task), MIB).putLong(0, 1);
    }

    @Test
    void aSliceKeepsAnObjectThatIsBeingWritten() {
        final org.agrona.MutableDirectBuffer slice = client.create(id(1), MIB).slice(0, 100);
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        slice.putLong(0, 42);
        assertEquals(0, client.leakedObjects());
        assertTrue(store.counters().leasedBytes() >= MIB);
        assertEquals(42, slice.getLong(0));
    }

    @Test
    void aCreateThatFindsNoMemoryHasForgottenViewsCollected() {
        client.put(id(1), new byte[15 * MIB]);
        forget(client);
        client.delete(id(1));
        client.create(id(2), 10L * MIB, LONG).close();
        assertEquals(1, client.leakedBuffers());
        forgetToSealLarge();
        client.create(id(3), 10L * MIB, LONG).close();
        assertEquals(1, client.leakedObjects());
    }

    private void forgetToSealLarge() {
        client.create(id(4), 12L * MIB).putLong(0, 1);
    }

    @Test
    void memorySegmentsWhereThisJavaHasThem() throws Exception {
        client.put(id(1), bytes(1000, 1));
        final ObjectBuffer object = client.get(id(1));
        if (Runtime.version().feature() < 22) {
            final UnsupportedOperationException e =
                    assertThrows(UnsupportedOperationException.class, () -> object.as(Runnable.class));
            assertTrue(e.getMessage().contains("Java 22"), e.getMessage());
            object.close();
            return;
        }
        final Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
        final Object segment = object.as(type);
        object.close();
        assertEquals(1000L, type.getMethod("byteSize").invoke(segment));
        assertEquals(true, type.getMethod("isReadOnly").invoke(segment));
        final ByteBuffer bytes = (ByteBuffer) type.getMethod("asByteBuffer").invoke(segment);
        final byte[] copy = new byte[1000];
        bytes.get(copy);
        assertArrayEquals(bytes(1000, 1), copy);
    }

    @Test
    void aSegmentKeepsThePinWhileItIsReachable() throws Exception {
        client.put(id(1), bytes(1000, 1));
        Object view = view();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        assertEquals(1, client.openBuffers());
        assertNotNull(view);
        view = null;
        eventually("the pin is given back", () -> {
            System.gc();
            return client.openBuffers() == 0;
        });
        assertEquals(0, client.leakedBuffers(), "the buffer was closed");
    }

    private Object view() throws ReflectiveOperationException {
        try (ObjectBuffer object = client.get(id(1))) {
            return Runtime.version().feature() < 22
                    ? object.as(ByteBuffer.class)
                    : object.as(Class.forName("java.lang.foreign.MemorySegment"));
        }
    }

    @Test
    void idleLeasesOfLivingClientsAreTakenBackWhenMemoryIsShort() {
        final ObjectStoreClient idle = store.client();
        for (int i = 0; i < 200; i++) {
            idle.put(id(i), new byte[4000]);
            idle.delete(id(i));
        }
        idle.flush(LONG);
        eventually("it has leases in advance", () -> store.counters().leasedBytes() > 0);
        client.create(id(1000), 16L * MIB, Duration.ofSeconds(5)).close();
        idle.put(id(1), bytes(4000, 1));
        idle.flush(LONG);
        try (ObjectBuffer object = client.get(id(1))) {
            assertArrayEquals(bytes(4000, 1), object.toByteArray());
        }
        assertFalse(idle.contains(id(2)));
    }
}
