/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several clients make, read and delete objects in a store that is much too small, so that every object goes to disk and back many times. Each client knows what
 * its own objects must be; all read those of the others and accept any version, but no mixture.
 */
@Timeout(180)
class SpillStressTest {
    private static final int MIB = 1 << 20;
    private static final int CLIENTS = 4;
    private static final int OBJECTS = 40;
    private static final int STEPS = 600;
    private static final Duration BRIEF = Duration.ofMillis(20);

    @TempDir
    Path disk;

    @Test
    void everyClientFindsItsObjectsAndNobodySeesHalfOfOne() throws Exception {
        final long seed = System.nanoTime();
        try (StoreFixture store = new StoreFixture(StoreFixture.config(16 * MIB)
                .withJobQuotaBytes(12 * MIB)
                .withSpill(new SpillConfig(List.of(disk), 4 * MIB, Long.MAX_VALUE, 50, SpillSync.NONE)))) {
            final List<Throwable> errors = new ArrayList<>();
            final List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                final Actor actor = new Actor(store.client(), number, new Random(seed + number));
                final Thread thread = new Thread(() -> {
                    try {
                        actor.run();
                    } catch (final RuntimeException | AssertionError e) {
                        synchronized (errors) {
                            errors.add(e);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), errors, "seed=" + seed);
            final StoreCounters counters = store.counters();
            assertTrue(counters.restoredTotal() > 100, "restored=" + counters.restoredTotal());
            assertEquals(0, counters.lostTotal());
            assertEquals(0, counters.spillErrors());
            final ObjectStoreClient last = store.client();
            last.releaseJob(1);
            last.flush(LONG);
            eventually("the disk is empty", () -> SpillTest.spillFiles(disk).isEmpty());
            eventually("memory is free", () -> store.counters().usedBytes() == 0);
            assertEquals(0, store.counters().spilled());
        }
    }

    private static final class Actor {
        private final ObjectStoreClient client;
        private final int number;
        private final Random random;
        private final int[] versions = new int[OBJECTS];
        private final boolean[] there = new boolean[OBJECTS];

        Actor(final ObjectStoreClient client, final int number, final Random random) {
            this.client = client;
            this.number = number;
            this.random = random;
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                final int object = random.nextInt(OBJECTS);
                switch (random.nextInt(6)) {
                    case 0, 1 -> replace(object);
                    case 2 -> delete(object);
                    case 3, 4 -> readOwn(object);
                    default -> readOthers(random.nextInt(CLIENTS), object);
                }
            }
            for (int object = 0; object < OBJECTS; object++) {
                readOwn(object);
            }
        }

        private void replace(final int object) {
            if (there[object]) {
                delete(object);
                // Until the store has read the delete, its index leads to the object before.
                client.flush(LONG);
            }
            final int version = ++versions[object];
            final int size = 16 + (random.nextInt(4) == 0 ? random.nextInt(2 * MIB) : random.nextInt(50_000));
            try (WritableObject made = client.create(name(number, object), size, LONG)) {
                final int mark = mark(number, object, version);
                for (int at = 0; at + Integer.BYTES <= size; at += 1009) {
                    made.putInt(at, mark);
                }
                made.putInt(size - Integer.BYTES, mark);
                made.putInt(0, mark);
                made.seal();
            }
            there[object] = true;
            if (random.nextBoolean()) {
                client.flush(LONG);
            }
        }

        private void delete(final int object) {
            if (there[object]) {
                client.delete(name(number, object));
                there[object] = false;
            }
        }

        private void readOwn(final int object) {
            if (there[object]) {
                try (ObjectBuffer found = client.get(name(number, object), LONG)) {
                    assertEquals(mark(number, object, versions[object]), check(found), "object " + object);
                }
            }
        }

        private void readOthers(final int other, final int object) {
            try (ObjectBuffer found = client.get(name(other, object), BRIEF)) {
                assertEquals(mark(other, object, 0), check(found) & ~0xFFFF, "object " + object + " of " + other);
            } catch (final ObjectTimeoutException e) {
                // Not there now, or not back in time.
                assertEquals(name(other, object), e.id());
            }
        }

        /** The mark, which is the same all over the object. */
        private static int check(final ObjectBuffer found) {
            final int mark = found.getInt(0);
            final long size = found.length();
            for (long at = 1009; at + Integer.BYTES <= size - Integer.BYTES; at += 1009) {
                assertEquals(mark, found.getInt(at), "at " + at);
            }
            assertEquals(mark, found.getInt(size - Integer.BYTES));
            return mark;
        }

        private static ObjectId name(final int client, final int object) {
            return id(1, 1000L * client + object, 0);
        }

        private static int mark(final int client, final int object, final int version) {
            return client << 28 | object << 16 | (version & 0xFFFF);
        }
    }
}
