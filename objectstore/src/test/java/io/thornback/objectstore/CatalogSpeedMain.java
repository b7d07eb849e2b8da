/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.id;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** How long the catalog takes to be rebuilt in the background, and what it costs those who use the store meanwhile. Run by hand: folder on disk, objects. */
final class CatalogSpeedMain {
    private CatalogSpeedMain() {}

    /** Prints lines for people. */
    public static void main(final String[] arguments) throws Exception {
        final Path file = Path.of(arguments[0]).resolve("catalog.dat");
        final int objects = Integer.parseInt(arguments[1]);
        final StoreConfig config = StoreConfig.of(StoreFixture.folder(), Math.max(1L << 28, objects * 160L))
                .withMaxObjects(objects + (1 << 14))
                .withCatalog(new CatalogConfig(file, objects));
        try (RestartableStore store = new RestartableStore(config)) {
            final ObjectStoreClient client = store.client();
            final byte[] value = new byte[100];
            final long putNs = System.nanoTime();
            for (int i = 0; i < objects; i++) {
                client.put(id(i), value);
            }
            client.flush(LONG);
            System.out.printf("%d objects put in %d ms%n", objects, millisSince(putNs));
            awaitListed(store, objects, "listed for the first time");
            lookUp(client, objects, "with the catalog open");
            long stopNs = System.nanoTime();
            store.stop();
            System.out.printf("closed in order in %d ms%n", millisSince(stopNs));
            Files.delete(file.resolveSibling("catalog.dat.head"));
            stopNs = System.nanoTime();
            store.start();
            System.out.printf("store ready again after %d ms%n", millisSince(stopNs));
            final ObjectStoreClient next = store.client();
            lookUp(next, objects, "after the restart");
            awaitListed(store, objects, "rebuilt");
            store.stop();
            store.start();
            awaitListed(store, objects, "opened again after it was closed in order");
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.resolveSibling("catalog.dat.head"));
            Files.deleteIfExists(file.resolveSibling("catalog.dat.lock"));
        }
    }

    private static void awaitListed(final RestartableStore store, final int objects, final String what) {
        final OperatingSystemMXBean host = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        final long startNs = System.nanoTime();
        long openNs = 0;
        final long cpuNs = host.getProcessCpuTime();
        while (store.counters().catalogued() < objects) {
            if (openNs == 0 && store.counters().catalogued() > 0) {
                openNs = System.nanoTime();
            }
            sleep();
        }
        System.out.printf(
                "%s: %d ms after it was open, %d ms in all, cpu %d ms, catalog's thread %d ms%n",
                what,
                openNs == 0 ? 0 : millisSince(openNs),
                millisSince(startNs),
                TimeUnit.NANOSECONDS.toMillis(host.getProcessCpuTime() - cpuNs),
                catalogThreadMs());
    }

    private static long catalogThreadMs() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().equals("objectstore-catalog"))
                .mapToLong(thread -> TimeUnit.NANOSECONDS.toMillis(threads.getThreadCpuTime(thread.getThreadId())))
                .sum();
    }

    /** Requests that the store's agent answers one by one: the longest shows how long it was away. */
    private static void lookUp(final ObjectStoreClient client, final int objects, final String when) {
        final long[] tookNs = new long[20_000];
        for (int i = 0; i < tookNs.length; i++) {
            final long startNs = System.nanoTime();
            client.contains(id(objects + i));
            tookNs[i] = System.nanoTime() - startNs;
        }
        Arrays.sort(tookNs);
        System.out.printf(
                "%s: asked the store in %d us (median), 99.9 %% %d us, longest %d us%n",
                when,
                tookNs[tookNs.length / 2] / 1000,
                tookNs[tookNs.length - tookNs.length / 1000] / 1000,
                tookNs[tookNs.length - 1] / 1000);
    }

    private static long millisSince(final long startNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
