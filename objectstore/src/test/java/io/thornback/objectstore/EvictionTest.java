/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static io.thornback.objectstore.StoreFixture.putCopy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What leaves memory when a create does not fit, and what never does. Objects of 1 MiB in an arena of 8. */
class EvictionTest {
    private static final int MIB = 1 << 20;
    private static final int FIT = 8;
    private static final Duration SHORT = Duration.ofMillis(50);

    private final AtomicLong nowNs = new AtomicLong();
    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(StoreFixture.config(FIT * MIB), () -> System.nanoTime() + nowNs.get());
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void theOldestCopiesGoFirst() {
        fillWithCopies();
        client.put(id(100), bytes(2 * MIB, 100));
        client.flush(LONG);
        assertEquals(List.of(2, 3, 4, 5, 6, 7), there());
        assertEquals(2, store.counters().evictedTotal());
        assertFalse(client.contains(id(0)), "nobody else knows of it");
        read(100, 2 * MIB);
    }

    @Test
    void whatWasReadIsNewerThanWhatWasNot() {
        fillWithCopies();
        nextSecond();
        read(0, MIB);
        read(2, MIB);
        client.put(id(100), bytes(2 * MIB, 100));
        client.flush(LONG);
        // Entries of the pin table are used again: of two reads one after the other the notes show the last for sure.
        assertTrue(there().contains(2), there().toString());
        assertFalse(there().contains(1), there().toString());
    }

    @Test
    void whatIsReadStaysAndIsWhole() {
        fillWithCopies();
        final List<ObjectBuffer> readers = new ArrayList<>();
        for (int i = 0; i < FIT; i++) {
            if (i != 5) {
                readers.add(store.client().get(id(i)));
            }
        }
        client.put(id(100), bytes(MIB, 100));
        client.flush(LONG);
        assertEquals(List.of(0, 1, 2, 3, 4, 6, 7), there());
        assertThrows(StoreFullException.class, () -> client.create(id(101), MIB, SHORT));
        assertEquals(1, store.counters().evictedTotal());
        for (final ObjectBuffer reader : readers) {
            assertArrayEquals(bytes(MIB, seedOf(reader.id())), reader.toByteArray());
            reader.close();
        }
        client.create(id(102), MIB, LONG).close();
    }

    @Test
    void primaryObjectsStayWhenTheyHaveNowhereToGo() {
        for (int i = 0; i < FIT; i++) {
            client.put(id(i), bytes(MIB, i));
        }
        final StoreFullException full =
                assertThrows(StoreFullException.class, () -> client.create(id(100), MIB, SHORT));
        assertEquals(MIB, full.wantedBytes());
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), there());
        assertEquals(0, store.counters().evictedTotal());
    }

    @Test
    void aCopyThatGoesHoldsNothingAnyMore() {
        client.holds().hold(id(50));
        client.put(id(50), bytes(100, 50));
        try (WritableObject object =
                client.create(id(0), MIB, CreateOptions.DEFAULT.asCopy().containing(List.of(id(50))))) {
            object.seal();
        }
        client.holds().release(id(50));
        client.flush(LONG);
        assertTrue(client.contains(id(50)), "the copy holds it");
        client.put(id(100), bytes(7 * MIB, 100));
        client.flush(LONG);
        assertFalse(client.contains(id(0)), "it had to make room");
        eventually("what it contained goes too", () -> !client.contains(id(50)));
    }

    @Test
    void copiesThatSomebodyHoldsStay() {
        fillWithCopies();
        final ObjectStoreClient holder = store.client();
        for (int i = 0; i < FIT; i++) {
            holder.addReference(id(i));
            holder.addReference(id(i));
            client.addReference(id(i));
        }
        client.dropReference(id(3));
        holder.flush(LONG);
        assertThrows(StoreFullException.class, () -> client.create(id(100), MIB, SHORT));
        holder.dropReference(id(3));
        holder.flush(LONG);
        client.put(id(100), bytes(MIB, 100));
        client.flush(LONG);
        assertEquals(List.of(0, 1, 2, 4, 5, 6, 7), there());
        assertThrows(StoreFullException.class, () -> client.create(id(101), MIB, SHORT));
    }

    @Test
    void referencesGoWithTheirClient() {
        final ObjectStoreClient holder = store.client();
        for (int i = 0; i < FIT; i++) {
            holder.addReference(id(i));
        }
        holder.flush(LONG);
        fillWithCopies();
        assertThrows(StoreFullException.class, () -> client.create(id(100), MIB, SHORT));
        holder.close();
        eventually("the holder is gone", () -> store.counters().clients() == 1);
        client.create(id(100), MIB, LONG).close();
    }

    @Test
    void aCreateThatWaitsGetsWhatIsReleasedWhileItWaits() throws Exception {
        fillWithCopies();
        final ObjectStoreClient holder = store.client();
        for (int i = 0; i < FIT; i++) {
            holder.addReference(id(i));
        }
        holder.flush(LONG);
        final Thread creator =
                new Thread(() -> client.create(id(100), MIB, LONG).close());
        creator.start();
        eventually("the create waits", () -> store.counters().waitingCreates() == 1);
        holder.dropReference(id(6));
        creator.join(LONG.toMillis());
        assertFalse(creator.isAlive());
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 7), there());
        eventually("nobody waits", () -> store.counters().waitingCreates() == 0);
    }

    @Test
    void smallObjectsGoInBatches() {
        final int small = 4096;
        final int count = FIT * MIB / small;
        for (int i = 0; i < count * 3; i++) {
            putCopy(client, id(i), bytes(small, i));
        }
        client.flush(LONG);
        final StoreCounters counters = store.counters();
        assertEquals(count * 3L, counters.sealedTotal());
        assertEquals(counters.sealedTotal(), counters.objects() + counters.evictedTotal());
        assertTrue(counters.evictedTotal() >= count * 2L, "evicted=" + counters.evictedTotal());
        read(count * 3 - 1, small);
    }

    @Test
    void anEvictedIdMayBeUsedAgain() {
        fillWithCopies();
        client.put(id(100), bytes(MIB, 100));
        client.flush(LONG);
        client.put(id(0), bytes(100, 7));
        client.flush(LONG);
        try (ObjectBuffer object = store.client().get(id(0), LONG)) {
            assertArrayEquals(bytes(100, 7), object.toByteArray());
        }
    }

    @Test
    void readersInOtherThreadsNeverSeeReusedMemory() throws Exception {
        final int objects = 64;
        final List<Throwable> errors = new ArrayList<>();
        final Thread[] readers = new Thread[3];
        final AtomicLong seen = new AtomicLong();
        for (int t = 0; t < readers.length; t++) {
            final ObjectStoreClient reader = store.client();
            final int seed = t;
            readers[t] = new Thread(() -> {
                final java.util.Random random = new java.util.Random(seed);
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        final int i = random.nextInt(objects);
                        final ObjectBuffer object = reader.get(id(i));
                        if (object != null) {
                            try (object) {
                                check(object, i);
                            }
                            seen.incrementAndGet();
                        }
                    }
                } catch (final RuntimeException | AssertionError e) {
                    synchronized (errors) {
                        errors.add(e);
                    }
                }
            });
            readers[t].start();
        }
        final java.util.Random random = new java.util.Random(99);
        for (int n = 0; n < 3000; n++) {
            final int i = random.nextInt(objects);
            if (!client.contains(id(i))) {
                try (WritableObject object = client.create(
                        id(i), 300_000, CreateOptions.DEFAULT.asCopy().withTimeout(LONG))) {
                    for (int at = 0; at < 300_000; at += 1000) {
                        object.putInt(at, i);
                    }
                    object.seal();
                }
                client.flush(LONG);
            }
        }
        eventually("something was read", () -> seen.get() > 100 || !errors.isEmpty());
        for (final Thread reader : readers) {
            reader.interrupt();
            reader.join(LONG.toMillis());
        }
        assertEquals(List.of(), errors);
        assertTrue(
                store.counters().evictedTotal() > 100,
                "evicted=" + store.counters().evictedTotal());
    }

    private static void check(final ObjectBuffer object, final int expected) {
        for (int at = 0; at < 300_000; at += 1000) {
            assertEquals(expected, object.getInt(at), "at " + at);
        }
    }

    private void fillWithCopies() {
        for (int i = 0; i < FIT; i++) {
            putCopy(client, id(i), bytes(MIB, i));
        }
        client.flush(LONG);
    }

    private List<Integer> there() {
        final List<Integer> found = new ArrayList<>();
        for (int i = 0; i < FIT; i++) {
            try (ObjectBuffer object = client.get(id(i))) {
                if (object != null) {
                    found.add(i);
                }
            }
        }
        return found;
    }

    private void read(final int task, final int length) {
        try (ObjectBuffer object = client.get(id(task), LONG)) {
            assertArrayEquals(bytes(length, task), object.toByteArray());
        }
    }

    private int seedOf(final ObjectId wanted) {
        for (int i = 0; i < FIT; i++) {
            if (id(i).equals(wanted)) {
                return i;
            }
        }
        throw new AssertionError(wanted);
    }

    private void nextSecond() {
        final long before = store.counters().objects();
        nowNs.addAndGet(2_000_000_000L);
        store.agent.wake();
        client.flush(LONG);
        assertEquals(before, store.counters().objects());
        assertNull(client.get(id(12345)));
    }
}
