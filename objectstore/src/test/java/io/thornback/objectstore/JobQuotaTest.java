/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job may take 4 MiB of an arena of 16. */
class JobQuotaTest {
    private static final int MIB = 1 << 20;
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    Path disk;

    private StoreFixture store;

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void aJobAtItsQuotaIsToldSoAndOthersAreNot() {
        start(SpillConfig.NONE);
        final ObjectStoreClient greedy = client(7);
        final ObjectStoreClient modest = client(8);
        for (int i = 0; i < 4; i++) {
            greedy.put(id(7, i, 0), bytes(MIB, i));
        }
        final JobQuotaException e =
                assertThrows(JobQuotaException.class, () -> client(7).create(id(7, 100, 0), MIB, SHORT));
        for (final String part :
                List.of("job 7", "jobQuotaBytes=4194304", "jobUsedBytes=4194304", "wantedBytes=1048576")) {
            assertTrue(e.getMessage().contains(part), part + " in: " + e.getMessage());
        }
        assertEquals("QUOTA", e.code());
        assertEquals(MIB, e.wantedBytes());
        modest.put(id(8, 1, 0), bytes(4 * MIB, 1));
        assertThrows(JobQuotaException.class, () -> modest.create(id(8, 2, 0), 5 * MIB, LONG), "never can be");
        greedy.delete(id(7, 0, 0));
        greedy.create(id(7, 100, 0), MIB, LONG).close();
    }

    @Test
    void requestsOfAJobAreServedInOrderWhenItsMemoryComesFree() throws Exception {
        start(SpillConfig.NONE);
        final ObjectStoreClient client = client(7);
        client.put(id(7, 0, 0), bytes(4 * MIB, 0));
        client.flush(LONG);
        final List<Integer> served = new CopyOnWriteArrayList<>();
        final Thread large = creator(client, 1, 4 * MIB, served);
        final Thread small = creator(client, 2, MIB, served);
        assertEquals(List.of(), served);
        client(8).create(id(8, 0, 0), 4 * MIB, LONG).close();
        client.delete(id(7, 0, 0));
        large.join(LONG.toMillis());
        small.join(LONG.toMillis());
        assertEquals(List.of(1, 2), served);
        eventually("nobody waits", () -> store.counters().waitingCreates() == 0);
    }

    @Test
    void aJobAtItsQuotaSpillsItsOwnObjects() {
        start(new SpillConfig(List.of(disk), 2 * MIB, Long.MAX_VALUE, 100, SpillSync.NONE));
        final ObjectStoreClient other = client(8);
        for (int i = 0; i < 3; i++) {
            other.put(id(8, i, 0), bytes(MIB, i));
        }
        other.flush(LONG);
        final ObjectStoreClient client = client(7);
        for (int i = 0; i < 20; i++) {
            client.put(id(7, i, 0), bytes(MIB, i));
        }
        client.flush(LONG);
        assertTrue(
                store.counters().evictedTotal() >= 16,
                "evicted=" + store.counters().evictedTotal());
        for (int i = 0; i < 3; i++) {
            try (ObjectBuffer object = other.get(id(8, i, 0))) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray(), "still in memory");
            }
        }
        for (int i = 0; i < 20; i++) {
            try (ObjectBuffer object = client.get(id(7, i, 0), LONG)) {
                assertArrayEquals(bytes(MIB, i), object.toByteArray());
            }
        }
    }

    @Test
    void whatAClientLeavesBehindIsChargedUntilItIsFree() {
        start(SpillConfig.NONE);
        final ObjectStoreClient first = client(7);
        first.put(id(7, 0, 0), bytes(3 * MIB, 0));
        first.create(id(7, 1, 0), MIB);
        first.flush(LONG);
        assertFalse(store.counters().leasedBytes() == 0);
        first.close();
        final ObjectStoreClient second = client(7);
        second.create(id(7, 2, 0), MIB, LONG).close();
        assertThrows(JobQuotaException.class, () -> second.create(id(7, 3, 0), 2 * MIB, SHORT));
    }

    @Test
    void idleLeasesOfAJobAreTakenBackBeforeItIsRefused() {
        start(SpillConfig.NONE);
        final ObjectStoreClient idle = client(7);
        int task = 0;
        for (int size = 512; size < 40_000; size += size / 8) {
            idle.put(id(7, ++task, 0), bytes(size, task));
            idle.delete(id(7, task, 0));
        }
        idle.flush(LONG);
        eventually("what was deleted is free", () -> store.counters().usedBytes() == 0);
        assertTrue(
                store.counters().leasedBytes() > MIB,
                "leased=" + store.counters().leasedBytes());
        client(7).create(id(7, 0, 0), 4 * MIB, LONG).close();
        idle.put(id(7, 1, 0), bytes(512, 1));
    }

    private Thread creator(
            final ObjectStoreClient client, final int task, final int sizeBytes, final List<Integer> served) {
        final long before = store.counters().waitingCreates();
        final Thread thread = new Thread(() -> {
            try (WritableObject object = client.create(id(7, task, 0), sizeBytes, LONG)) {
                served.add(task);
                object.seal();
            }
            client.delete(id(7, task, 0));
        });
        thread.start();
        eventually("it waits", () -> store.counters().waitingCreates() == before + 1);
        return thread;
    }

    private void start(final SpillConfig spill) {
        store = new StoreFixture(
                StoreFixture.config(16 * MIB).withJobQuotaBytes(4 * MIB).withSpill(spill));
    }

    private ObjectStoreClient client(final int jobId) {
        return store.client(ClientOptions.of(store.shmDir, "quota-" + jobId + "-" + System.nanoTime(), jobId)
                .withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(5)));
    }
}
