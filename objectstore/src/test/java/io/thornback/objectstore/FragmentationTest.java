/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How full the arena is when the allocator refuses a request for the first time: sizes log-uniform from 100 B to 64 MiB, an arena of 8 GiB,
 * lifetimes at random, no memory touched. Two ways to run full:
 * <ul>
 *   <li>waves: objects come faster than they go until a request is refused; then more go than come, until a share that is drawn
 *       anew is left. Each wave's first refusal is measured;
 *   <li>steady: at each refusal objects go, one at random after the other, until the request fits; so the arena is always full, and every
 *       refusal is measured.
 * </ul>
 * Each run prints one line.
 */
class FragmentationTest {
    private static final long ARENA = 8L << 30;
    private static final double SMALLEST = 100;
    private static final double LARGEST = 64 << 20;
    private static final int MOST_LIVE = 1 << 20;

    private final long[] offsets = new long[MOST_LIVE];
    private final long[] sizes = new long[MOST_LIVE];
    private final int[] slabs = new int[MOST_LIVE];
    private double[] shares = new double[1024];
    private int refusals;
    private int live;
    private long payload;
    private long allocatedBytes;
    private ArenaExtents extents;
    private ArenaAllocator allocator;
    private SplittableRandom random;

    @ParameterizedTest
    @CsvSource({"1, 10000000, false", "20261124, 1000000, false", "1, 1000000, true"})
    void isNineTenthsFullWhenItRefusesForTheFirstTime(final long seed, final long operations, final boolean steady) {
        random = new SplittableRandom(seed);
        extents = new ArenaExtents(ARENA, ArenaFile.fileLength(ARENA), 16 << 20, ArenaPages.UNLIMITED);
        allocator = new ArenaAllocator(extents);
        final long startNs = System.nanoTime();
        if (steady) {
            steady(operations);
        } else {
            waves(operations);
        }
        final double[] sorted = Arrays.copyOf(shares, refusals);
        Arrays.sort(sorted);
        final String line = String.format(
                "seed=%d steady=%s operations=%d refusals=%d payload at refusal, of the arena: least=%.4f median=%.4f;"
                        + " pages moved, of the bytes allocated: %.3f; seconds=%.1f",
                seed,
                steady,
                operations,
                refusals,
                sorted[0],
                sorted[refusals / 2],
                (double) extents.givenBackBytes() / allocatedBytes,
                (System.nanoTime() - startNs) / 1e9);
        System.out.println(line);
        assertTrue(refusals > operations / 50_000, line);
        assertTrue(sorted[0] >= 0.9, line);
        while (live > 0) {
            free(live - 1);
        }
        allocator.trim();
        assertEquals(ARENA, extents.freeBytes());
        assertEquals(ARENA, extents.largestFreeBytes(), "all free addresses have coalesced");
    }

    private void waves(final long operations) {
        boolean filling = true;
        double least = 0;
        double births = 0.55;
        for (long i = 0; i < operations; i++) {
            if (live == 0 || random.nextDouble() < (filling ? births : 0.4)) {
                if (!allocate(size()) && filling) {
                    refused();
                    filling = false;
                    least = 0.3 + 0.55 * random.nextDouble();
                    births = 0.502 + 0.1 * random.nextDouble();
                }
            } else {
                free(random.nextInt(live));
                filling |= payload < least * ARENA;
            }
        }
    }

    private void steady(final long operations) {
        for (long i = 0; i < operations; i++) {
            final long size = size();
            if (!allocate(size)) {
                refused();
                while (!allocate(size)) {
                    free(random.nextInt(live));
                    i++;
                }
            }
        }
    }

    private void refused() {
        if (refusals == shares.length) {
            shares = Arrays.copyOf(shares, 2 * refusals);
        }
        shares[refusals++] = (double) payload / ARENA;
    }

    private long size() {
        return (long) (SMALLEST * Math.pow(LARGEST / SMALLEST, random.nextDouble()));
    }

    private boolean allocate(final long size) {
        final long offset = allocator.allocate(size);
        if (offset < 0) {
            return false;
        }
        offsets[live] = offset;
        sizes[live] = size;
        slabs[live++] = allocator.lastSlab();
        payload += size;
        allocatedBytes += size;
        return true;
    }

    private void free(final int index) {
        allocator.free(offsets[index], SizeClasses.capacityFor(sizes[index]), slabs[index]);
        payload -= sizes[index];
        live--;
        offsets[index] = offsets[live];
        sizes[index] = sizes[live];
        slabs[index] = slabs[live];
    }
}
