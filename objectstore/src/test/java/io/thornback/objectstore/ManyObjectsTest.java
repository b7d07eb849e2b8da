/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for, getting, listing and hearing of many objects. */
class ManyObjectsTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private StoreFixture store;
    private ObjectStoreClient client;
    private ObjectStoreClient writer;

    @BeforeEach
    void start() {
        store = new StoreFixture(64L << 20);
        client = store.client();
        writer = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private static List<ObjectId> ids(final int... tasks) {
        return Arrays.stream(tasks).mapToObj(StoreFixture::id).toList();
    }

    private void put(final int... tasks) {
        for (final int task : tasks) {
            writer.put(id(task), bytes(task, task));
        }
        writer.flush(LONG);
    }

    @Test
    void waitReturnsWhatIsThereInTheOrderGiven() {
        put(2, 4, 5);
        assertEquals(ids(5, 2), client.wait(ids(5, 1, 2, 3), 2, LONG));
        assertEquals(ids(5, 4, 2), client.wait(ids(5, 1, 4, 2), 1, LONG), "all that are there, not only so many");
        assertEquals(ids(5), client.wait(ids(1, 5, 3), 2, SHORT), "fewer when the time is over");
        assertEquals(List.of(), client.wait(ids(1, 3), 0, LONG), "none wanted: no waiting");
        assertEquals(List.of(), client.wait(List.of(), 0, LONG));
        assertEquals(ids(2, 2), client.wait(ids(2, 2), 2, LONG), "given twice");
        assertThrows(IllegalArgumentException.class, () -> client.wait(ids(1, 2), 3, LONG));
        assertThrows(IllegalArgumentException.class, () -> client.wait(ids(1, 2), -1, LONG));
        assertThrows(NullPointerException.class, () -> client.wait(Arrays.asList(id(1), null), 1, LONG));
    }

    @Test
    void waitEndsWithTheLastThatIsNeeded() {
        put(1);
        final List<ObjectId> wanted = ids(IntStream.rangeClosed(1, 200).toArray());
        final CompletableFuture<List<ObjectId>> waiting =
                CompletableFuture.supplyAsync(() -> client.wait(wanted, 100, LONG));
        for (int i = 200; i > 101; i--) {
            put(i);
        }
        final List<ObjectId> ready = waiting.join();
        assertTrue(ready.size() >= 100, "ready: " + ready.size());
        assertEquals(wanted.stream().filter(ready::contains).toList(), ready);
        assertEquals(ids(1), client.wait(ids(1, 2), 2, SHORT), "the waits before are forgotten");
    }

    @Test
    void waitFailsWhenTheClientIsClosed() {
        final CountDownLatch begun = new CountDownLatch(1);
        final CompletableFuture<List<ObjectId>> waiting = CompletableFuture.supplyAsync(() -> {
            begun.countDown();
            return client.wait(ids(1, 2, 3), 1, LONG);
        });
        assertTrue(begun.getCount() <= 1);
        client.close();
        final CompletionException e = assertThrows(CompletionException.class, waiting::join);
        assertTrue(e.getCause() instanceof StoreUnavailableException, () -> "not expected: " + e.getCause());
    }

    @Test
    void getsAllOrNone() {
        put(1, 3);
        final CompletableFuture<Void> later = CompletableFuture.runAsync(() -> put(2));
        final List<ObjectBuffer> all = client.get(ids(3, 1, 2, 1), LONG);
        later.join();
        assertEquals(
                List.of(3L, 1L, 2L, 1L), all.stream().map(ObjectBuffer::length).toList());
        assertArrayEquals(bytes(2, 2), all.get(2).toByteArray());
        assertEquals(4, client.openBuffers());
        all.forEach(ObjectBuffer::close);
        final ObjectTimeoutException e =
                assertThrows(ObjectTimeoutException.class, () -> client.get(ids(1, 9, 3), SHORT));
        assertTrue(e.getMessage().contains(id(9).toString()), e.getMessage());
        assertEquals(0, client.openBuffers(), "what was there is closed again");
        assertEquals(List.of(), client.get(List.of(), LONG));
        assertThrows(NullPointerException.class, () -> client.get(Arrays.asList(id(1), null), LONG));
    }

    @Test
    void listsEveryObjectOfAJobOrOfAll() {
        final int count = 3 * ListDesk.MOST_IN_A_PAGE + 7;
        for (int i = 0; i < count; i++) {
            writer.put(id(i), bytes(i, 1));
        }
        try (WritableObject object =
                writer.create(id(9, 1, 0), 1000, CreateOptions.DEFAULT.withMetadata(bytes(33, 1)))) {
            object.seal();
        }
        writer.delete(id(5));
        writer.flush(LONG);
        try (WritableObject unsealed = writer.create(id(7777), 10)) {
            final List<ObjectInfo> ofJob = new ArrayList<>(client.list(1, LONG));
            assertEquals(10, unsealed.sizeBytes());
            ofJob.sort(Comparator.comparingLong(ObjectInfo::sizeBytes));
            final List<ObjectId> expected = IntStream.range(0, count)
                    .filter(i -> i != 5)
                    .mapToObj(StoreFixture::id)
                    .toList();
            assertEquals(expected, ofJob.stream().map(ObjectInfo::id).toList());
            assertTrue(ofJob.stream().allMatch(info -> info.clientId() == writer.clientId() && info.isInMemory()));
            final List<ObjectInfo> other = client.list(9, LONG);
            assertEquals(1, other.size());
            assertEquals(1000, other.get(0).sizeBytes());
            assertEquals(33, other.get(0).metadataBytes());
            assertEquals(count, client.list(ObjectStoreClient.EVERY_JOB, LONG).size());
            assertEquals(List.of(), client.list(1234, LONG));
        }
    }

    @Test
    void tellsWhoSubscribedAndNobodyElse() {
        final ConcurrentLinkedQueue<ObjectEvent> all = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<ObjectEvent> deletedOfNine = new ConcurrentLinkedQueue<>();
        try (ObjectSubscription every =
                        client.subscribe(EnumSet.allOf(ObjectEvent.Kind.class), ObjectStoreClient.EVERY_JOB, all::add);
                ObjectSubscription nine = client.subscribe(Set.of(ObjectEvent.Kind.DELETED), 9, deletedOfNine::add)) {
            writer.put(id(1), bytes(11, 1));
            writer.put(id(9, 1, 0), bytes(12, 1));
            writer.delete(id(1));
            writer.delete(id(9, 1, 0));
            writer.flush(LONG);
            eventually("all events are there", () -> all.size() == 4 && deletedOfNine.size() == 1);
            assertEquals(
                    List.of(
                            new ObjectEvent(ObjectEvent.Kind.SEALED, id(1), 11, 0),
                            new ObjectEvent(ObjectEvent.Kind.SEALED, id(9, 1, 0), 12, 0),
                            new ObjectEvent(ObjectEvent.Kind.DELETED, id(1), 11, 0),
                            new ObjectEvent(ObjectEvent.Kind.DELETED, id(9, 1, 0), 12, 0)),
                    List.copyOf(all));
            assertEquals(ObjectEvent.Kind.DELETED, deletedOfNine.peek().kind());
            assertEquals(0, every.dropped() + nine.dropped());
        }
        client.flush(LONG);
        put(2);
        client.flush(LONG);
        assertEquals(4, all.size(), "the subscriptions have ended");
    }

    @Test
    void eventsThatAClientDoesNotTakeAreDroppedAndCounted() {
        final CountDownLatch slow = new CountDownLatch(1);
        final ConcurrentLinkedQueue<ObjectEvent> seen = new ConcurrentLinkedQueue<>();
        try (ObjectSubscription subscription =
                client.subscribe(Set.of(ObjectEvent.Kind.SEALED), ObjectStoreClient.EVERY_JOB, event -> {
                    seen.add(event);
                    try {
                        slow.await();
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })) {
            writer.flush(LONG);
            final int count = 10_000;
            for (int i = 0; i < count; i++) {
                writer.put(id(i), new byte[0]);
                writer.delete(id(i));
            }
            writer.flush(LONG);
            slow.countDown();
            eventually("the store tells of the drops", () -> {
                writer.put(id(1), new byte[0]);
                writer.delete(id(1));
                writer.flush(LONG);
                return subscription.dropped() > 0;
            });
            assertTrue(seen.size() < count, "seen: " + seen.size());
        }
    }

    @Test
    void tooManySubscriptionsAreRefused() {
        final List<ObjectSubscription> all = new ArrayList<>();
        for (int i = 0; i < EventDesk.MOST_OF_A_CLIENT; i++) {
            all.add(client.subscribe(Set.of(ObjectEvent.Kind.SEALED), 1, event -> {}));
        }
        assertThrows(StoreRefusedException.class, () -> client.subscribe(Set.of(ObjectEvent.Kind.LOST), 1, e -> {}));
        all.forEach(ObjectSubscription::close);
        client.subscribe(Set.of(ObjectEvent.Kind.SEALED), 1, event -> {}).close();
    }
}
