/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class PinTableTest {
    private static final int SLOTS = 100;

    private final ByteBuffer memory = BufferUtil.allocateDirectAligned((int) PinTableDescriptor.fileLength(SLOTS), 64);
    private final long address = BufferUtil.address(memory);
    private final PinTable table = new PinTable(address, SLOTS);

    @Test
    void givesEveryEntryOnceAndThenSaysFull() {
        final Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < SLOTS; i++) {
            assertTrue(slots.add(table.pin(i, 7)), "entry given twice");
        }
        assertEquals(PinTable.FULL, table.pin(1, 7));
        table.unpin(42);
        assertEquals(42, table.pin(5, 9));
        assertEquals(6, UnsafeApi.getLong(PinTableDescriptor.pinAddress(address, 42)), "cell + 1");
        final long access =
                UnsafeApi.getLong(PinTableDescriptor.pinAddress(address, 42) + PinTableDescriptor.ACCESS_OFFSET);
        assertEquals(5, PinTableDescriptor.accessCell(access));
        assertEquals(9, PinTableDescriptor.accessTick(access));
        assertEquals(SLOTS, table.pinned());
    }

    @Test
    void reusesTheEntryJustFreedSoThatTheTableStaysLow() {
        for (int i = 0; i < 10_000; i++) {
            table.unpin(table.pin(i, 0));
        }
        assertEquals(0, table.pinned());
        assertTrue(highWater() <= 128, "high water " + highWater());
    }

    @Test
    void noEntryIsEverAtOrAboveTheHighWaterMark() {
        for (int i = 0; i < SLOTS; i++) {
            final int slot = table.pin(i, 0);
            assertTrue(slot < highWater(), "entry " + slot + " high water " + highWater());
        }
    }

    @Test
    void threadsNeverShareAnEntry() throws Exception {
        final AtomicIntegerArray owners = new AtomicIntegerArray(SLOTS);
        final AtomicReference<String> failure = new AtomicReference<>();
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            final Thread thread = new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    final int slot = table.pin(i, 0);
                    if (owners.incrementAndGet(slot) != 1) {
                        failure.set("entry " + slot + " has two owners");
                    }
                    owners.decrementAndGet(slot);
                    table.unpin(slot);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(null, failure.get());
        assertEquals(0, table.pinned());
    }

    private long highWater() {
        return UnsafeApi.getLong(address + PinTableDescriptor.HIGH_WATER_OFFSET);
    }
}
