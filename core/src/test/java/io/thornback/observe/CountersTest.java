/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersTest {
    @TempDir
    private Path shm;

    @Test
    void eachBucketBeginsWhereTheOneBeforeEnds() {
        for (int bucket = 0; bucket < CountersDescriptor.BUCKETS; bucket++) {
            final long lowest = CountersDescriptor.lowestOf(bucket);
            assertEquals(bucket, CountersDescriptor.bucketOf(lowest));
            if (bucket > 0) {
                assertEquals(bucket - 1, CountersDescriptor.bucketOf(lowest - 1));
            }
        }
        assertEquals(0, CountersDescriptor.bucketOf(-5));
        assertEquals(CountersDescriptor.BUCKETS - 1, CountersDescriptor.bucketOf(Long.MAX_VALUE));
    }

    @Test
    void quantilesAreTooLargeByAFifthAtMost() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final long[] values = new long[5_000];
        try (Counters counters = Counters.create(shm)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (long) Math.exp(random.nextDouble() * 25);
                counters.record(Latency.STARTED_TO_ENDED, 1_000, 1_000 + values[i]);
            }
            counters.record(Latency.STARTED_TO_ENDED, 0, 5);
            counters.record(Latency.STARTED_TO_ENDED, 5, 0);
            final Histogram histogram = CountersSnapshot.read(shm).latency(Latency.STARTED_TO_ENDED);
            Arrays.sort(values);
            assertEquals(values.length, histogram.count(), "unknown times are not counted");
            assertEquals(values[values.length - 1], histogram.maxNs());
            assertEquals(Arrays.stream(values).sum() / values.length, histogram.meanNs());
            for (final double share : new double[] {0.001, 0.1, 0.5, 0.9, 0.99, 1}) {
                final long exact = values[(int) Math.ceil(share * values.length) - 1];
                final long told = histogram.quantileNs(share);
                assertTrue(told >= exact && told <= exact * 1.25 + 1, "seed=" + seed + " " + exact + " " + told);
            }
        }
    }

    @Test
    void growthSinceAnEarlierLookIsARate() throws InterruptedException {
        try (Counters counters = Counters.create(shm)) {
            counters.add(Counter.TASKS_FINISHED, 5);
            counters.set(Counter.TASKS_QUEUED, 9);
            counters.record(Latency.ENDED_TO_STORED, 1, 1_000_001);
            final CountersSnapshot before = CountersSnapshot.read(shm);
            Thread.sleep(20);
            counters.add(Counter.TASKS_FINISHED, 10);
            counters.record(Latency.ENDED_TO_STORED, 1, 101);
            final CountersSnapshot after = CountersSnapshot.read(shm);
            assertEquals(15, after.get(Counter.TASKS_FINISHED));
            assertEquals(9, after.get(Counter.TASKS_QUEUED));
            final double seconds = (after.takenNs() - before.takenNs()) / 1e9;
            assertEquals(10 / seconds, after.rateSince(before, Counter.TASKS_FINISHED), 0.01);
            final Histogram since =
                    after.latency(Latency.ENDED_TO_STORED).since(before.latency(Latency.ENDED_TO_STORED));
            assertEquals(1, since.count());
            assertEquals(100, since.meanNs());
            assertTrue(after.owner().isAlive());
        }
    }

    @Test
    void whereThereAreNoneTheFileIsNamed() {
        final ObserveException e = assertThrows(ObserveException.class, () -> CountersSnapshot.read(shm));
        assertTrue(e.getMessage().contains("raylet.counters cannot be read"), e.getMessage());
    }
}
