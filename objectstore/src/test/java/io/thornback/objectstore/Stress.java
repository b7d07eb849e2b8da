/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.id;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that put, get and delete objects of a few ids that all processes share, so that everything happens to one object at
 * once. Every byte of an object is a function of its id, its maker and its length, all of which are in the object: a torn one shows.
 */
final class Stress {
    private static final int THREADS = 4;
    private static final int IDS = 64;
    private static final int HEADER_LONGS = 3;

    private final ObjectStoreClient client;
    private final int process;
    private final long durationMs;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong operations = new AtomicLong();

    Stress(final ObjectStoreClient client, final int process, final long durationMs) {
        this.client = client;
        this.process = process;
        this.durationMs = durationMs;
    }

    long run() {
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final int seed = process * THREADS + i;
            final Thread thread = new Thread(() -> work(new Random(seed), seed));
            thread.start();
            threads.add(thread);
        }
        try {
            for (final Thread thread : threads) {
                thread.join();
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            throw new AssertionError("process " + process, failure.get());
        }
        try {
            client.flush(StoreFixture.LONG);
        } catch (final ObjectExistsException e) {
            // Expected: the processes put the same ids, and one of them is first.
            Arrays.stream(e.getSuppressed()).forEach(other -> assertExists(other));
        }
        return operations.get();
    }

    private void work(final Random random, final int maker) {
        final long endNs = System.nanoTime() + durationMs * 1_000_000;
        try {
            while (System.nanoTime() - endNs < 0 && failure.get() == null) {
                final long name = random.nextInt(IDS);
                switch (random.nextInt(4)) {
                    case 0 -> put(name, maker, random);
                    case 1 -> client.delete(id(name));
                    default -> get(name);
                }
                operations.incrementAndGet();
            }
        } catch (final RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private void put(final long name, final int maker, final Random random) {
        final int longs = HEADER_LONGS + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 400);
        final long salt = random.nextLong();
        try (WritableObject object = client.create(id(name), longs * 8L)) {
            object.putLong(0, name);
            object.putLong(8, longs);
            object.putLong(16, salt);
            for (int i = HEADER_LONGS; i < longs; i++) {
                object.putLong(i * 8L, content(name, salt, i));
            }
            if (random.nextInt(10) != 0) {
                object.format(maker & 0xFF).seal();
            }
        }
    }

    private void get(final long name) {
        try (ObjectBuffer object = client.get(id(name))) {
            if (object == null) {
                return;
            }
            final long longs = object.getLong(8);
            final long salt = object.getLong(16);
            check(object.getLong(0) == name && longs * 8 == object.length(), "head of " + object);
            for (int i = HEADER_LONGS; i < longs; i++) {
                check(object.getLong(i * 8L) == content(name, salt, i), "word " + i + " of " + object);
            }
        }
    }

    private static long content(final long name, final long salt, final int index) {
        return (salt ^ name) + index * 0x9E3779B97F4A7C15L;
    }

    private static void check(final boolean condition, final String what) {
        if (!condition) {
            throw new AssertionError("torn: " + what);
        }
    }

    private static void assertExists(final Throwable error) {
        check(error instanceof ObjectExistsException, "expected only lost seals, not " + error);
    }
}
