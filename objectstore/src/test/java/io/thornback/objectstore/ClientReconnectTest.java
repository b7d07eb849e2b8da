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

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that outlive their store. */
@Timeout(120)
class ClientReconnectTest {
    /** For a machine that does much else. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private static final Duration SHORT = Duration.ofMillis(300);

    private RestartableStore store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new RestartableStore(16L << 20);
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void goesOnWithTheNextStoreUnderItsOldNumber() {
        client.put(id(1), bytes(1000, 1));
        client.flush(LONG);
        final int number = client.clientId();
        for (int i = 0; i < 5; i++) {
            store.restart();
            client.put(id(10 + i), bytes(100_000, i));
            client.flush(LONG);
            assertEquals(number, client.clientId());
            assertArrayEquals(bytes(1000, 1), client.get(id(1)).toByteArray());
            assertEquals(1, store.counters().clients());
        }
        assertEquals(6, store.counters().objects());
        assertEquals(5, store.counters().restarts());
    }

    @Test
    void readsWhileTheStoreIsDown() {
        client.put(id(1), bytes(1000, 1));
        client.flush(LONG);
        store.stop();
        for (int i = 0; i < 1000; i++) {
            try (ObjectBuffer object = client.get(id(1))) {
                assertEquals(1000, object.length());
            }
        }
    }

    @Test
    void whatIsForgottenWhileOneStoreIsDownDelaysNoClientOfAnother() {
        final ObjectStoreClient patient = store.client(LONG, Duration.ofMinutes(10));
        forgetToSeal(patient);
        try (RestartableStore other = new RestartableStore(16L << 20)) {
            final ObjectStoreClient careless = other.client();
            careless.put(id(1), bytes(100, 1));
            store.stop();
            eventually("the reclaiming thread has met the lane of the dead store", () -> {
                System.gc();
                return patient.leakedObjects() == 1;
            });
            forgetToClose(careless);
            eventually("a buffer is given back", () -> {
                System.gc();
                return careless.openBuffers() == 0 && careless.leakedBuffers() == 1;
            });
            store.start();
            eventually("the object is given up when there is a store again", () -> {
                patient.contains(id(1)); // looks for it
                return store.counters().leasedBytes() == 0;
            });
        }
    }

    private static void forgetToSeal(final ObjectStoreClient to) {
        to.create(id(500), 1 << 20).putLong(0, 1);
    }

    private static void forgetToClose(final ObjectStoreClient to) {
        assertEquals(100, to.get(id(1)).length());
    }

    @Test
    void aParkedGetIsAskedAgainAndWoken() throws Exception {
        final CompletableFuture<Long> got = parked(() -> {
            try (ObjectBuffer object = client.get(id(2), LONG)) {
                return object.length();
            }
        });
        store.restart();
        store.restart();
        final ObjectStoreClient other = store.client();
        other.put(id(2), bytes(500, 2));
        assertEquals(500, got.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aFlushAndAQuestionThatBeginWhileItIsDownEndWhenItIsBack() throws Exception {
        client.put(id(1), bytes(10, 1));
        client.flush(LONG);
        store.stop();
        final CompletableFuture<Long> flushed = parked(() -> {
            client.flush(LONG);
            return 1L;
        });
        final CompletableFuture<Long> asked = parked(() -> client.contains(id(77)) ? 1L : 0L);
        assertFalse(flushed.isDone());
        store.start();
        assertEquals(1, flushed.get(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, asked.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aCreateThatWaitsForMemoryWaitsOnAfterARestart() throws Exception {
        client.put(id(1), bytes(12 << 20, 1));
        client.flush(LONG);
        final CompletableFuture<Long> put = parked(() -> {
            client.put(id(2), bytes(8 << 20, 2));
            return 1L;
        });
        store.restart();
        final ObjectStoreClient other = store.client();
        other.delete(id(1));
        assertEquals(1, put.get(LONG.toSeconds(), TimeUnit.SECONDS));
        client.flush(LONG);
        assertArrayEquals(bytes(8 << 20, 2), other.get(id(2)).toByteArray());
    }

    @Test
    void whatIsAskedWhileItIsDownEndsAtItsOwnTime() {
        store.stop();
        final long beganNs = System.nanoTime();
        assertThrows(StoreUnavailableException.class, () -> client.get(id(5), SHORT));
        assertThrows(StoreUnavailableException.class, () -> client.create(id(6), 5 << 20, SHORT));
        assertThrows(StoreUnavailableException.class, () -> client.flush(SHORT));
        assertTrue(System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(10));
        store.start();
        client.put(id(6), bytes(5 << 20, 6));
        client.flush(LONG);
        assertThrows(ObjectTimeoutException.class, () -> client.get(id(5), SHORT));
    }

    @Test
    void deletesAndSealsThatHaveNoLaneWaitForTheNextStore() throws Exception {
        client.put(id(1), bytes(10, 1));
        client.flush(LONG);
        final WritableObject begun = client.create(id(2), 100);
        store.stop();
        final CompletableFuture<Long> said = parked(() -> {
            client.delete(id(1));
            begun.put(0, bytes(100, 2));
            begun.seal();
            return 1L;
        });
        store.start();
        assertEquals(1, said.get(LONG.toSeconds(), TimeUnit.SECONDS));
        client.flush(LONG);
        assertNull(client.get(id(1)));
        assertArrayEquals(bytes(100, 2), client.get(id(2)).toByteArray());
    }

    @Test
    void theFeedingThreadSaysItLaterRatherThanWait() throws Exception {
        client.put(id(1), bytes(10, 1));
        client.put(id(2), bytes(10, 2));
        client.flush(LONG);
        final CountDownLatch called = new CountDownLatch(1);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        client.await(id(3), () -> {
            store.stop();
            try {
                client.delete(id(1));
                client.delete(id(2));
            } catch (final RuntimeException e) {
                failure.set(e);
            }
            called.countDown();
        });
        client.put(id(3), bytes(10, 3));
        assertTrue(called.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertNull(failure.get());
        store.start();
        client.flush(LONG);
        assertNull(client.get(id(1)));
        assertNull(client.get(id(2)));
        assertEquals(1, store.counters().objects());
    }

    @Test
    void aClientThatLeftWhileItWasDownIsGone() {
        client.put(id(1), bytes(10, 1));
        client.flush(LONG);
        store.stop();
        client.close();
        store.start();
        assertEquals(0, store.counters().clients());
        assertEquals(0, store.counters().leasedBytes());
        assertEquals(1, store.counters().objects());
    }

    @Test
    void aStoreThatBeganAnewIsNoStoreOfThisClient() throws IOException {
        client.put(id(1), bytes(10, 1));
        client.flush(LONG);
        store.stop();
        Files.delete(store.directory().resolve(StoreFiles.INDEX));
        store.start();
        assertThrows(StoreUnavailableException.class, () -> client.flush(LONG));
        assertThrows(StoreUnavailableException.class, () -> client.delete(id(1)));
        assertArrayEquals(bytes(10, 1), client.get(id(1)).toByteArray());
        final ObjectStoreClient another = store.client();
        another.put(id(1), bytes(20, 1));
        another.flush(LONG);
    }

    @Test
    void nothingIsLostOrTornThroughManyRestarts() throws Exception {
        final AtomicBoolean stopped = new AtomicBoolean();
        final List<CompletableFuture<Integer>> workers = new ArrayList<>();
        final ObjectStoreClient writer = store.client(LONG, PATIENT);
        final ObjectStoreClient reader = store.client(LONG, PATIENT);
        for (int i = 0; i < 3; i++) {
            final int worker = i;
            final ObjectStoreClient mine = i < 2 ? writer : reader;
            workers.add(CompletableFuture.supplyAsync(
                    () -> work(mine, worker, stopped), task -> new Thread(task, "worker").start()));
        }
        final Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            Thread.sleep(30 + random.nextInt(100));
            store.restart();
        }
        stopped.set(true);
        for (int worker = 0; worker < 3; worker++) {
            final int made = workers.get(worker).get(PATIENT.toSeconds(), TimeUnit.SECONDS);
            assertTrue(made > 25, "it did something");
            client.flush(LONG);
            for (int i = 0; i < made; i++) {
                try (ObjectBuffer object = reader.get(id(worker, i, 0))) {
                    if (i % 2 == 0 && i < made - 100) {
                        assertNull(object, "deleted: " + worker + "/" + i);
                    } else if (i % 2 == 1 && i >= made - 100) {
                        assertArrayEquals(bytes(1000 + i % 100, i), object.toByteArray());
                    }
                }
            }
        }
        reader.flush(LONG);
        eventually("deleted ones are free", () -> store.counters().doomed() == 0);
    }

    /** Puts objects, reads each at once, and deletes the even ones, and the odd ones too when they are old. */
    private static int work(final ObjectStoreClient client, final int worker, final AtomicBoolean stopped) {
        int next = 0;
        while (!stopped.get()) {
            final byte[] value = bytes(1000 + next % 100, next);
            client.put(id(worker, next, 0), value);
            try (ObjectBuffer object = client.get(id(worker, next, 0), PATIENT)) {
                assertArrayEquals(value, object.toByteArray());
            }
            final int old = next - 100;
            if (old >= 0) {
                client.delete(id(worker, old, 0));
            }
            next++;
        }
        for (int i = Math.max(0, next - 100); i < next; i += 1) {
            if (i % 2 == 0) {
                client.delete(id(worker, i, 0));
            }
        }
        client.flush(PATIENT);
        return next;
    }

    private static CompletableFuture<Long> parked(final Supplier<Long> call) {
        final CompletableFuture<Long> result = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                result.complete(call.get());
            } catch (final RuntimeException | AssertionError e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        LockSupport.parkNanos(
                50_000_000); // by now it waits, in all likelihood; if not, the test is easier than it should be
        return result;
    }
}
