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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreFullTest {
    private static final int MIB = 1 << 20;
    private static final Duration SHORT = Duration.ofMillis(50);

    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(StoreFixture.config(4 * MIB).withMaxObjects(256));
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void aLeaseThatSomebodyWaitedForIsNotTakenBackAtOnce() {
        final FreshGrants fresh = new FreshGrants();
        for (int i = 1; i <= 1000; i++) {
            fresh.add(i, i * FreshGrants.FRESH_NS);
            assertTrue(fresh.isFresh(i, (i + 1) * FreshGrants.FRESH_NS - 1));
            assertFalse(fresh.isFresh(i, (i + 1) * FreshGrants.FRESH_NS));
            assertFalse(fresh.isFresh(i + 1, i * FreshGrants.FRESH_NS));
        }
    }

    @Test
    void saysWhatWasWantedAndWhoHoldsTheMemory() {
        client.create(id(1), 2 * MIB).seal();
        try (WritableObject held = client.create(id(2), MIB)) {
            final StoreFullException e =
                    assertThrows(StoreFullException.class, () -> client.create(id(3), 2 * MIB, SHORT));
            assertEquals(2 * MIB, e.wantedBytes());
            for (final String part : List.of(
                    "wantedBytes=2097152",
                    "arenaBytes=4194304",
                    "usedBytes=2097152",
                    "leasedBytes=1048576",
                    "largestFreeBytes=1048576",
                    "sealedBytes=2097152 writingBytes=1048576",
                    "client 1 (pid=")) {
                assertTrue(e.getMessage().contains(part), part + " in: " + e.getMessage());
            }
            assertEquals(MIB, held.sizeBytes());
        }
        client.create(id(4), 2 * MIB).close();
    }

    @Test
    void anObjectLargerThanTheArenaIsRefusedAtOnce() {
        final ObjectTooLargeException e =
                assertThrows(ObjectTooLargeException.class, () -> client.create(id(1), 4L * MIB + 1));
        assertTrue(e.getMessage().contains("arenaBytes=4194304"), e.getMessage());
        assertThrows(ObjectTooLargeException.class, () -> client.create(id(1), Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> client.create(id(1), -1));
        client.create(id(1), 4L * MIB).close();
    }

    @Test
    void createsThatWaitAreServedInOrder() throws Exception {
        client.create(id(1), 3 * MIB).seal();
        client.create(id(2), MIB).seal();
        final List<Integer> served = new CopyOnWriteArrayList<>();
        // All of the arena, so that the next in the queue can only follow when this one is done.
        final Thread large = creator(10, 4 * MIB, served);
        large.start();
        parked(1);
        final Thread small = creator(11, MIB / 2, served);
        small.start();
        parked(2);
        client.delete(id(2));
        client.flush(LONG);
        assertEquals(List.of(), served, "the small one would fit, but is not the first");
        client.delete(id(1));
        large.join(LONG.toMillis());
        small.join(LONG.toMillis());
        assertEquals(List.of(10, 11), served);
    }

    @Test
    void aWaitingCreateGetsTheMemoryOfAnObjectWhoseReaderLeaves() throws Exception {
        client.create(id(1), 4 * MIB).seal();
        client.flush(LONG);
        final ObjectBuffer reader = store.client().get(id(1));
        client.delete(id(1));
        final List<Integer> served = new CopyOnWriteArrayList<>();
        final Thread creator = creator(10, 4 * MIB, served);
        creator.start();
        parked(1);
        reader.close();
        creator.join(LONG.toMillis());
        assertEquals(List.of(10), served);
    }

    @Test
    void idleLeasesAreTakenBackFromWhoDoesNotUseThem() {
        final ObjectStoreClient other = store.client();
        for (int i = 0; i < 40; i++) {
            other.put(id(100 + i), bytes(60_000, i));
            other.delete(id(100 + i));
        }
        other.flush(LONG);
        eventually("only leases are left", () -> store.counters().usedBytes() == 0);
        client.create(id(1), 4 * MIB).close();
        other.put(id(200), bytes(60_000, 1));
        try (ObjectBuffer object = other.get(id(200))) {
            assertArrayEquals(bytes(60_000, 1), object.toByteArray());
        }
    }

    @Test
    void runsOutOfDescriptorsAsItRunsOutOfMemory() {
        final ObjectStoreClient other = store.client();
        int objects = 0;
        StoreFullException full = null;
        while (full == null) {
            try (WritableObject object = other.create(id(objects), 8, SHORT)) {
                object.seal();
                objects++;
            } catch (final StoreFullException e) {
                full = e;
            }
        }
        assertEquals(256, objects);
        assertTrue(full.getMessage().contains("every object descriptor is in use"), full.getMessage());
    }

    @Test
    void aSmallStoreStaysUsableWhenFilledAndEmptiedWithEverySize() {
        for (int round = 0; round < 40; round++) {
            final int size = 1 + round * 26_000;
            int filled = 0;
            try {
                while (true) {
                    try (WritableObject object = client.create(id(filled), size, Duration.ofMillis(10))) {
                        object.seal();
                        filled++;
                    }
                }
            } catch (final StoreFullException e) {
                assertTrue(filled > 0, "round " + round + ": " + e.getMessage());
            }
            for (int i = 0; i < filled; i++) {
                client.delete(id(i));
            }
            client.flush(LONG);
            eventually("round " + round + " is emptied", () -> store.counters().usedBytes() == 0);
        }
    }

    private Thread creator(final int name, final int sizeBytes, final List<Integer> served) {
        return new Thread(() -> {
            try (WritableObject object = client.create(id(name), sizeBytes, LONG)) {
                served.add(name);
                object.seal();
            }
            client.flush(LONG);
            client.delete(id(name));
        });
    }

    private void parked(final int creates) {
        eventually("the create waits", () -> store.counters().waitingCreates() == creates);
    }
}
