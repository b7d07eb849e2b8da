/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectIndexTest {
    private static final int CELLS = 256;
    private static final long CAPACITY = IndexDescriptor.capacityFor(CELLS);

    /** Sooner than in service, where reuse and clean-up of tombstones make rebuilds rare. */
    private static final int REBUILD_AT = 52;

    private final ByteBuffer cells = BufferUtil.allocateDirectAligned(CELLS * CellDescriptor.LENGTH, 64);
    private final ByteBuffer memory = BufferUtil.allocateDirectAligned((int) IndexDescriptor.fileLength(CAPACITY), 64);
    private final long cellsAddress = BufferUtil.address(cells);
    private final ObjectIndexWriter index =
            new ObjectIndexWriter(BufferUtil.address(memory), CAPACITY, cellsAddress, CELLS, REBUILD_AT);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithAMapWhateverTheOrderOfPutsAndRemoves(final long seed) {
        final Random random = new Random(seed);
        final Map<Integer, ObjectId> expected = new HashMap<>();
        long next = seed * 1_000_000;
        for (int step = 0; step < 50_000; step++) {
            final int cell = random.nextInt(CELLS);
            final ObjectId old = expected.size() == CELLS || random.nextInt(8) == 0 ? expected.remove(cell) : null;
            if (old == null && !expected.containsKey(cell)) {
                final ObjectId id = StoreFixture.id(next++);
                bear(cell, id);
                index.put(id, cell);
                expected.put(cell, id);
            } else if (old != null) {
                assertTrue(index.remove(old, cell));
                assertFalse(index.remove(old, cell));
                assertEquals(ObjectIndex.NONE, index.find(old));
            }
            if (step % 100 == 0) {
                expected.forEach((c, id) -> assertEquals(c, index.find(id), "seed " + seed));
            }
            assertEquals(expected.size(), index.live());
        }
        assertTrue(index.rebuilds() > 0, "tombstones forced a rebuild");
    }

    @Test
    void capacityLeavesRoomForTombstones() {
        assertEquals(64, IndexDescriptor.capacityFor(1));
        assertEquals(512, IndexDescriptor.capacityFor(256));
        assertEquals(1024, IndexDescriptor.capacityFor(257));
        assertEquals(1L << 25, IndexDescriptor.capacityFor(CellDescriptor.MAX_CELLS));
    }

    @Test
    void aReaderFindsWhatStaysWhileTheTableIsRebuiltUnderIt() throws Exception {
        final ObjectIndex reader = new ObjectIndex(BufferUtil.address(memory), CAPACITY, cellsAddress, CELLS);
        final ObjectId stays = StoreFixture.id(1);
        bear(0, stays);
        index.put(stays, 0);
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicReference<String> failure = new AtomicReference<>();
        final Thread thread = new Thread(() -> {
            while (!stop.get()) {
                if (reader.find(stays) != 0) {
                    failure.set("missed an entry that was there all the time");
                }
            }
        });
        thread.start();
        for (int i = 0; i < 300_000; i++) {
            final int cell = 1 + i % (CELLS - 1);
            final ObjectId id = StoreFixture.id(1000 + i);
            if (i >= CELLS - 1) {
                index.remove(StoreFixture.id(1000 + i - (CELLS - 1)), cell);
            }
            bear(cell, id);
            index.put(id, cell);
        }
        stop.set(true);
        thread.join();
        assertEquals(null, failure.get());
        assertTrue(index.rebuilds() > 0);
    }

    private void bear(final int cell, final ObjectId id) {
        id.putIntoAddress(CellDescriptor.address(cellsAddress, cell) + CellDescriptor.ID_OFFSET);
    }
}
