/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;

/**
 * Memory outside the heap for the states of stress tests, as the store's files are. It is given out in turn and taken again after {@link #SLOTS}
 * others: the harness has far fewer states at once, see {@code benchmarks/stress}.
 */
final class StressMemory {
    static final int SLOT_BYTES = 8192;
    private static final int SLOTS = 1 << 14;
    private static final long BASE =
            (UnsafeApi.allocateMemory((long) SLOTS * SLOT_BYTES + SLOT_BYTES) + SLOT_BYTES - 1) & -SLOT_BYTES;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private StressMemory() {}

    /** A slot, all zero. */
    static long take() {
        final long address = BASE + (NEXT.getAndIncrement() & (SLOTS - 1)) * (long) SLOT_BYTES;
        UnsafeApi.setMemory(address, SLOT_BYTES, (byte) 0);
        return address;
    }
}
