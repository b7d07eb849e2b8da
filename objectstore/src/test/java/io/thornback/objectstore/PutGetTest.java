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

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PutGetTest {
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
    void findsItsOwnPutAtOnce() {
        for (int i = 0; i < 500; i++) {
            client.put(id(i), bytes(100 + i, i));
            try (ObjectBuffer object = client.get(id(i))) {
                assertNotNull(object, "object " + i + " right after its put");
                assertArrayEquals(bytes(100 + i, i), object.toByteArray());
            }
        }
    }

    @Test
    void anotherClientFindsItAfterAFlush() {
        client.put(id(1), bytes(5000, 1));
        client.flush(LONG);
        try (ObjectBuffer object = store.client().get(id(1))) {
            assertArrayEquals(bytes(5000, 1), object.toByteArray());
        }
    }

    @Test
    void anotherClientWaitsForIt() throws Exception {
        final ObjectStoreClient other = store.client();
        final CountDownLatch asked = new CountDownLatch(1);
        final Thread putter = new Thread(() -> {
            try {
                asked.await();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
            client.put(id(2), bytes(64, 2));
        });
        putter.start();
        assertNull(other.get(id(2)));
        asked.countDown();
        try (ObjectBuffer object = other.get(id(2), LONG)) {
            assertArrayEquals(bytes(64, 2), object.toByteArray());
        }
        putter.join();
    }

    @Test
    void callsBackWhenTheObjectIsSealed() throws Exception {
        final ObjectStoreClient other = store.client();
        final CountDownLatch called = new CountDownLatch(2);
        assertTrue(other.await(id(3), called::countDown) != 0);
        client.put(id(3), bytes(10, 3));
        client.flush(LONG);
        assertEquals(0, other.await(id(3), called::countDown));
        assertTrue(called.await(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aCancelledAwaitIsForgotten() {
        final AtomicInteger calls = new AtomicInteger();
        final long handle = client.await(id(4), calls::incrementAndGet);
        client.cancelAwait(handle);
        client.put(id(4), bytes(1, 4));
        client.flush(LONG);
        assertEquals(0, calls.get());
    }

    @Test
    void aGetThatIsNotAnsweredInTimeSaysSo() {
        final ObjectTimeoutException e =
                assertThrows(ObjectTimeoutException.class, () -> client.get(id(5), Duration.ofMillis(20)));
        assertEquals(id(5), e.id());
        assertTrue(e.getMessage().contains(id(5).toString()));
    }

    @Test
    void keepsObjectsOfNoBytes() {
        client.put(id(6), new byte[0]);
        client.flush(LONG);
        try (ObjectBuffer object = client.get(id(6))) {
            assertEquals(0, object.length());
            assertEquals(0, object.toByteArray().length);
            assertEquals(0, object.asByteBuffer().remaining());
        }
    }

    @Test
    void keepsTheFormatByte() {
        try (WritableObject object = client.create(id(7), 8)) {
            object.format(200).putLong(0, 42);
            object.seal();
        }
        try (ObjectBuffer object = client.get(id(7))) {
            assertEquals(200, object.format());
            assertEquals(42, object.getLong(0));
        }
    }

    @Test
    void tellsWhatItContains() {
        assertFalse(client.contains(id(8)));
        client.put(id(8), bytes(10, 8));
        assertTrue(client.contains(id(8)));
        assertTrue(store.client().contains(id(8)), "the query overtakes no seal");
    }

    @Test
    void aDeletedObjectIsGoneAndItsMemoryFree() {
        client.put(id(9), bytes(100_000, 9));
        client.flush(LONG);
        assertTrue(store.counters().usedBytes() >= 100_000);
        client.delete(id(9));
        client.flush(LONG);
        assertNull(client.get(id(9)));
        eventually(
                "memory of the deleted object is free", () -> store.counters().usedBytes() == 0);
    }

    @Test
    void aDeletedObjectStaysForWhoReadsIt() {
        client.put(id(10), bytes(100_000, 10));
        client.flush(LONG);
        final ObjectStoreClient other = store.client();
        try (ObjectBuffer object = other.get(id(10))) {
            client.delete(id(10));
            client.flush(LONG);
            assertNull(client.get(id(10)));
            assertTrue(store.counters().usedBytes() >= 100_000);
            assertArrayEquals(bytes(100_000, 10), object.toByteArray());
        }
        eventually(
                "memory is free after the reader closed", () -> store.counters().usedBytes() == 0);
    }

    @Test
    void deletesWhatAnotherClientHasJustSealed() {
        final ObjectStoreClient other = store.client();
        for (int i = 0; i < 2000; i++) {
            client.put(id(i), bytes(8, i));
            other.delete(id(i)); // may be read before the seal, which waits in the other lane
        }
        client.flush(LONG);
        other.flush(LONG);
        eventually("everything is deleted", () -> store.counters().usedBytes() == 0);
        assertEquals(2000, store.counters().sealedTotal());
        assertEquals(2000, store.counters().deletedTotal());
    }

    @Test
    void anAbortedObjectLeavesNothing() {
        try (WritableObject object = client.create(id(11), 1000)) {
            object.putLong(0, 1);
        }
        client.flush(LONG);
        assertNull(client.get(id(11)));
        assertFalse(client.contains(id(11)));
        assertEquals(0, store.counters().usedBytes());
    }

    @Test
    void theSecondObjectOfOneIdLosesAndIsTold() {
        client.put(id(12), bytes(10, 1));
        client.flush(LONG);
        client.put(id(12), bytes(10, 2));
        final ObjectExistsException e = assertThrows(ObjectExistsException.class, () -> client.flush(LONG));
        assertEquals(id(12), e.id());
        try (ObjectBuffer object = client.get(id(12))) {
            assertArrayEquals(bytes(10, 1), object.toByteArray());
        }
        client.flush(LONG);
        client.delete(id(12));
        eventually("the loser's memory is free", () -> store.counters().usedBytes() == 0);
    }

    @Test
    void aLostSealIsQuietWhereACallbackIsSet() {
        final AtomicInteger lost = new AtomicInteger();
        final ObjectStoreClient quiet = store.client(
                ClientOptions.of(store.shmDir, "quiet", 1).withOnSealRejected(id -> lost.incrementAndGet()));
        quiet.put(id(13), bytes(10, 1));
        quiet.put(id(13), bytes(10, 1));
        quiet.flush(LONG);
        assertEquals(1, lost.get());
    }

    @Test
    void releasesEveryObjectOfAJobAndNoOther() {
        for (int i = 0; i < 50; i++) {
            client.put(id(7, i, 0), bytes(100, i));
            client.put(id(8, i, 0), bytes(100, i));
        }
        store.client().releaseJob(7);
        eventually("one job is gone", () -> store.counters().objects() == 50);
        assertNull(client.get(id(7, 3, 0)));
        client.get(id(8, 3, 0)).close();
    }

    @Test
    void putsAPartOfABuffer() {
        final byte[] source = bytes(1000, 14);
        client.put(id(14), new UnsafeBuffer(source), 100, 200);
        try (ObjectBuffer object = client.get(id(14))) {
            assertArrayEquals(Arrays.copyOfRange(source, 100, 300), object.toByteArray());
        }
    }

    @Test
    void theFeedingThreadMayNotWait() throws Exception {
        final CountDownLatch refused = new CountDownLatch(1);
        client.await(id(15), () -> {
            assertThrows(IllegalStateException.class, () -> client.flush(LONG));
            refused.countDown();
        });
        store.client().put(id(15), bytes(1, 1));
        assertTrue(refused.await(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void readsIntoAReusableBuffer() {
        client.put(id(16), bytes(100, 16));
        client.put(id(17), bytes(200, 17));
        final ObjectBuffer reusable = client.newBuffer();
        assertTrue(client.get(id(16), reusable));
        assertThrows(IllegalStateException.class, () -> client.get(id(17), reusable));
        reusable.close();
        assertTrue(client.get(id(17), reusable));
        assertArrayEquals(bytes(200, 17), reusable.toByteArray());
        reusable.close();
        assertFalse(client.get(id(18), reusable));
        assertEquals(0, client.openBuffers());
    }
}
