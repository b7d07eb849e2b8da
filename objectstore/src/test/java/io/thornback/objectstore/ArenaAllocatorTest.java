/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaAllocatorTest {
    private record Block(long offset, long capacity, int slab) {}

    @Test
    void wastesAtMostAnEighthAboveHalfAKilobyte() {
        for (int size = 0; size <= 3 * SizeClasses.MAX_CLASS_BYTES; size++) {
            final long capacity = SizeClasses.capacityFor(size);
            assertTrue(capacity >= size && capacity >= SizeClasses.GRANULE_BYTES, "capacity for " + size);
            assertEquals(0, capacity % SizeClasses.GRANULE_BYTES, "granularity for " + size);
            if (size > 512) {
                assertTrue((capacity - size) * 8 <= capacity, "waste for " + size + ": " + (capacity - size));
            }
        }
    }

    @Test
    void everyClassIsReachedAndOrdered() {
        int last = -1;
        for (int size = 1; size <= SizeClasses.MAX_CLASS_BYTES; size++) {
            final int sizeClass = SizeClasses.classOf(size);
            assertTrue(sizeClass == last || sizeClass == last + 1, "class of " + size);
            last = sizeClass;
        }
        assertEquals(SizeClasses.COUNT - 1, last);
        assertEquals(SizeClasses.EXTENT, SizeClasses.classOf(SizeClasses.MAX_CLASS_BYTES + 1));
    }

    @Test
    void slabsLeaveLittleAtTheirEnds() {
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            final int slab = SizeClasses.slabBytes(sizeClass);
            final int cell = SizeClasses.cellBytes(sizeClass);
            assertTrue(slab / cell >= 8, "cells in a slab of class " + sizeClass);
            assertTrue(slab % cell <= slab / 32, "tail of a slab of class " + sizeClass + ": " + slab % cell);
            assertEquals(0, slab % SizeClasses.PAGE_BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20261123})
    void neverHandsOutTheSameByteTwiceAndGetsAllOfItBack(final long seed) {
        final Random random = new Random(seed);
        final ArenaAllocator allocator = new ArenaAllocator(64L << 20);
        final NavigableMap<Long, Block> taken = new TreeMap<>();
        final List<Block> order = new ArrayList<>();
        long used = 0;
        for (int step = 0; step < 40_000; step++) {
            final boolean grow = order.isEmpty() || random.nextInt(100) < (step % 8000 < 4000 ? 60 : 40);
            if (grow) {
                final long size = size(random);
                final long offset = allocator.allocate(size);
                if (offset != ArenaAllocator.NONE) {
                    final Block block = new Block(offset, SizeClasses.capacityFor(size), allocator.lastSlab());
                    assertFits(taken, block, allocator.capacityBytes(), seed, step);
                    order.add(block);
                    used += block.capacity;
                }
            } else {
                final Block block = order.set(random.nextInt(order.size()), order.get(order.size() - 1));
                order.remove(order.size() - 1);
                taken.remove(block.offset);
                allocator.free(block.offset, block.capacity, block.slab);
                used -= block.capacity;
            }
            assertEquals(used, allocator.usedBytes(), "seed " + seed + " step " + step);
        }
        order.forEach(block -> allocator.free(block.offset, block.capacity, block.slab));
        allocator.trim();
        assertEquals(0, allocator.usedBytes());
        assertEquals(0, allocator.slabSlackBytes());
        assertEquals(1, allocator.freeExtents(), "everything has coalesced");
        assertEquals(allocator.capacityBytes(), allocator.largestFreeBytes());
    }

    @Test
    void reusesTheLowestAddressFirst() {
        final ArenaAllocator allocator = new ArenaAllocator(16L << 20);
        final long first = allocator.allocate(100_000);
        final int slab = allocator.lastSlab();
        final long second = allocator.allocate(100_000);
        assertTrue(second > first);
        allocator.free(first, SizeClasses.capacityFor(100_000), slab);
        assertEquals(first, allocator.allocate(100_000), "not the untouched end");
    }

    @Test
    void aFullArenaIsSaidToBeFullAndTheLargestSizeFitsAnEmptyOne() {
        final ArenaAllocator allocator = new ArenaAllocator(1L << 20);
        final long all = allocator.allocate(1L << 20);
        assertEquals(0, all);
        assertEquals(ArenaAllocator.NONE, allocator.allocate(1));
        allocator.free(all, 1L << 20, ArenaAllocator.NO_SLAB);
        final long small = allocator.allocate(1);
        allocator.free(small, SizeClasses.capacityFor(1), allocator.lastSlab());
        assertEquals(0, allocator.allocate(1L << 20), "an empty slab does not stand in the way");
    }

    @Test
    void refusesToFreeWhatIsFree() {
        final ArenaAllocator allocator = new ArenaAllocator(1L << 20);
        final long extent = allocator.allocate(200_000);
        allocator.free(extent, SizeClasses.capacityFor(200_000), ArenaAllocator.NO_SLAB);
        assertThrows(
                IllegalStateException.class,
                () -> allocator.free(extent, SizeClasses.capacityFor(200_000), ArenaAllocator.NO_SLAB));
        final long cell = allocator.allocate(100);
        final int slab = allocator.lastSlab();
        assertNotEquals(ArenaAllocator.NO_SLAB, slab);
        allocator.free(cell, 128, slab);
        assertThrows(IllegalStateException.class, () -> allocator.free(cell, 128, slab));
    }

    @Test
    void isRebuiltFromWhatDescriptorsSay() {
        final Random random = new Random(7);
        final ArenaAllocator before = new ArenaAllocator(64L << 20);
        final ArenaAllocator after = new ArenaAllocator(64L << 20);
        final NavigableMap<Long, Block> taken = new TreeMap<>();
        final List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            final long size = size(random);
            final long offset = before.allocate(size);
            final long capacity = SizeClasses.capacityFor(size);
            if (i % 3 == 0) {
                before.free(offset, capacity, before.lastSlab());
            } else {
                final Block block = new Block(offset, capacity, after.occupy(offset, capacity, before.lastPlace()));
                assertNotEquals(ArenaAllocator.OVERLAP, block.slab, "step " + i);
                assertFits(taken, block, before.capacityBytes(), 7, i);
                blocks.add(block);
            }
        }
        final Block some = blocks.get(0);
        assertEquals(ArenaAllocator.OVERLAP, after.occupy(some.offset, some.capacity, 0), "taken already");
        assertEquals(ArenaAllocator.OVERLAP, after.occupy(-64, 64, 0));
        assertEquals(ArenaAllocator.OVERLAP, after.occupy(64L << 20, 1 << 20, ArenaAllocator.NO_SLAB));
        assertEquals(ArenaAllocator.OVERLAP, after.occupy(32L << 20, 1000, 3), "no capacity of a class");
        assertEquals(ArenaAllocator.OVERLAP, after.occupy(32L << 20, 64, 1 << 20), "no such place in a slab");
        after.occupied();
        assertEquals(before.usedBytes(), after.usedBytes());
        for (int i = 0; i < 100; i++) {
            final long size = random.nextInt(100_000);
            final long offset = after.allocate(size);
            assertFits(taken, new Block(offset, SizeClasses.capacityFor(size), 0), after.capacityBytes(), 7, i);
        }
        blocks.forEach(block -> after.free(block.offset, block.capacity, block.slab));
    }

    private static long size(final Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextInt(4 << 20);
            case 1, 2 -> random.nextInt(200_000);
            default -> random.nextInt(10_000);
        };
    }

    private static void assertFits(
            final NavigableMap<Long, Block> taken, final Block block, final long end, final long seed, final int step) {
        final String where = "seed " + seed + " step " + step + " " + block;
        assertTrue(block.offset >= 0 && block.offset + block.capacity <= end, where);
        final Map.Entry<Long, Block> below = taken.floorEntry(block.offset);
        final Map.Entry<Long, Block> above = taken.higherEntry(block.offset);
        assertTrue(below == null || below.getValue().offset + below.getValue().capacity <= block.offset, where);
        assertTrue(above == null || block.offset + block.capacity <= above.getKey(), where);
        taken.put(block.offset, block);
    }
}
