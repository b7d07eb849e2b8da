/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.id;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * From the seal in this process to the return of a get that is parked in another one, the store in a third; printed. Run by hand, with the
 * pause between two objects in microseconds (below 20: everybody spins) and their number.
 */
final class WakeLatencyMain {
    private static final int WARM_UP = 3000;

    private WakeLatencyMain() {}

    public static void main(final String[] arguments) throws IOException {
        if (arguments[0].equals("reader")) {
            read(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        final long pauseNs = Long.parseLong(arguments[0]) * 1000;
        final int count = Integer.parseInt(arguments[1]) + WARM_UP;
        final Path folder = StoreFixture.folder();
        try (ChildJvm store = new ChildJvm(StoreMain.class, folder.toString(), String.valueOf(64L << 20))) {
            store.expect("ready");
            try (ChildJvm reader =
                            new ChildJvm(WakeLatencyMain.class, "reader", folder.toString(), String.valueOf(count));
                    ObjectStoreClient writer = ObjectStoreClient.connect(ClientOptions.of(folder, "wake-writer", 1))) {
                reader.expect("ready");
                write(writer, count, pauseNs);
                reader.await();
            }
        } finally {
            StoreFixture.deleteFolder(folder);
        }
    }

    /** Each object holds the time of its seal; the clock is the same for all processes of a host. */
    private static void write(final ObjectStoreClient writer, final int count, final long pauseNs) {
        for (int i = 0; i < count; i++) {
            // The reader says that it has the one before.
            if (i > 0) {
                writer.get(id(2, i - 1, 0), LONG).close();
                writer.delete(id(2, i - 1, 0));
            }
            final long untilNs = System.nanoTime() + pauseNs;
            while (System.nanoTime() - untilNs < 0) {
                if (pauseNs > 100_000) {
                    LockSupport.parkNanos(untilNs - System.nanoTime());
                }
            }
            try (WritableObject object = writer.create(id(i), Long.BYTES)) {
                object.putLong(0, System.nanoTime());
                object.seal();
            }
        }
        writer.get(id(2, count - 1, 0), LONG).close();
    }

    private static void read(final Path folder, final int count) {
        final long[] latencies = new long[count - WARM_UP];
        try (ObjectStoreClient reader = ObjectStoreClient.connect(ClientOptions.of(folder, "wake-reader", 2))) {
            System.out.println("ready");
            for (int i = 0; i < count; i++) {
                try (ObjectBuffer object = reader.get(id(i), Duration.ofSeconds(60))) {
                    final long latency = System.nanoTime() - object.getLong(0);
                    if (i >= WARM_UP) {
                        latencies[i - WARM_UP] = latency;
                    }
                }
                reader.delete(id(i));
                reader.put(id(2, i, 0), new byte[0]);
            }
        }
        Arrays.sort(latencies);
        System.err.printf(
                "seal to return of a parked get: median %.1f us, p90 %.1f, p99 %.1f, least %.1f, most %.1f%n",
                latencies[latencies.length / 2] / 1e3,
                latencies[latencies.length * 9 / 10] / 1e3,
                latencies[latencies.length * 99 / 100] / 1e3,
                latencies[0] / 1e3,
                latencies[latencies.length - 1] / 1e3);
    }
}
