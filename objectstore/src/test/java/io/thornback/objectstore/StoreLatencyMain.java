/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.id;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Rough figures of put and get, printed; run by hand, with all in one JVM. Real measurements belong to the benchmarks. */
final class StoreLatencyMain {
    private static final int OBJECTS = 10_000;
    private static final int ROUNDS = 20;

    private StoreLatencyMain() {}

    public static void main(final String[] arguments) {
        try (StoreFixture store =
                new StoreFixture(StoreFixture.config(256L << 20).withMaxObjects(1 << 17))) {
            final ObjectStoreClient client = store.client();
            final ObjectId[] ids = new ObjectId[OBJECTS];
            for (int i = 0; i < OBJECTS; i++) {
                ids[i] = id(i);
            }
            puts(client, ids, new byte[100]);
            puts(client, ids, new byte[4096]);
            fill(client, ids, new byte[1000]);
            gets(client, ids);
            threads(client, ids);
            large(client);
        }
    }

    private static void puts(final ObjectStoreClient client, final ObjectId[] ids, final byte[] value) {
        for (final int burst : new int[] {OBJECTS, 100}) {
            long best = Long.MAX_VALUE;
            long bytes = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long ns = 0;
                final long before = allocated();
                for (int from = 0; from < OBJECTS; from += burst) {
                    final long start = System.nanoTime();
                    for (int i = from; i < from + burst; i++) {
                        client.put(ids[i], value);
                    }
                    ns += System.nanoTime() - start;
                    if (burst < OBJECTS) {
                        client.flush(LONG);
                    }
                }
                bytes = allocated() - before;
                client.flush(LONG);
                clear(client, ids);
                best = Math.min(best, ns);
            }
            print("put of " + value.length + " bytes, bursts of " + burst, best, bytes);
        }
    }

    private static void fill(final ObjectStoreClient client, final ObjectId[] ids, final byte[] value) {
        for (final ObjectId id : ids) {
            client.put(id, value);
        }
        client.flush(LONG);
    }

    private static void gets(final ObjectStoreClient client, final ObjectId[] ids) {
        final ObjectBuffer reusable = client.newBuffer();
        for (int count = 1000; count <= OBJECTS; count *= 10) {
            long best = Long.MAX_VALUE;
            long bestReused = Long.MAX_VALUE;
            long bytes = 0;
            long bytesReused = 0;
            for (int round = 0; round < ROUNDS * 5; round++) {
                long before = allocated();
                long start = System.nanoTime();
                for (int i = 0; i < OBJECTS; i++) {
                    client.get(ids[i % count]).close();
                }
                best = Math.min(best, System.nanoTime() - start);
                bytes = allocated() - before;
                before = allocated();
                start = System.nanoTime();
                for (int i = 0; i < OBJECTS; i++) {
                    client.get(ids[i % count], reusable);
                    reusable.close();
                }
                bestReused = Math.min(bestReused, System.nanoTime() - start);
                bytesReused = allocated() - before;
            }
            print("get + close among " + count, best, bytes);
            print("get + close, reusable, among " + count, bestReused, bytesReused);
        }
    }

    private static void threads(final ObjectStoreClient client, final ObjectId[] ids) {
        final AtomicLong total = new AtomicLong();
        final Thread[] threads = new Thread[2];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                // Processor time: with fewer free cores than threads the clock would measure the scheduler.
                final long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                for (int round = 0; round < ROUNDS * 5; round++) {
                    for (final ObjectId id : ids) {
                        client.get(id).close();
                    }
                }
                total.addAndGet(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
            });
            threads[t].start();
        }
        try {
            for (final Thread thread : threads) {
                thread.join();
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        print("get + close, two threads, CPU of each", total.get() / (ROUNDS * 5) / threads.length, 0);
    }

    private static void large(final ObjectStoreClient client) {
        final byte[] value = new byte[16 << 20];
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            final long start = System.nanoTime();
            client.put(id(1_000_000 + round), value);
            best = Math.min(best, System.nanoTime() - start);
            client.delete(id(1_000_000 + round));
            client.flush(LONG);
        }
        System.out.printf("put of 16 MiB: %.2f ms, %.1f GB/s%n", best / 1e6, value.length / (double) best);
    }

    private static void clear(final ObjectStoreClient client, final ObjectId[] ids) {
        for (final ObjectId id : ids) {
            client.delete(id);
        }
        client.flush(LONG);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static void print(final String what, final long ns, final long bytes) {
        System.out.printf("%-40s %7.1f ns %7.1f B/op%n", what, ns / (double) OBJECTS, bytes / (double) OBJECTS);
    }
}
