/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The pair of fences: a client pins a cell and looks whether it is SEALED, the store makes it EVICTING or DOOMED and looks whether it is pinned. First result: the
 * client reads; second: the store frees. Both at once would be a view of reused memory.
 */
public class PinStress {
    private static final int SLOTS = 16;
    private static final long TABLE_BYTES = PinTableDescriptor.fileLength(SLOTS);

    PinStress() {}

    /** One cell, SEALED, one pin table, and both sides of the race. */
    static class Race {
        final long cell = StressMemory.take();
        final long table = cell + CellDescriptor.LENGTH;
        final PinTable pins = new PinTable(table, SLOTS);
        final PinScan scan = new PinScan(1);

        Race() {
            assert CellDescriptor.LENGTH + TABLE_BYTES <= StressMemory.SLOT_BYTES;
            CellDescriptor.wordVolatile(cell, CellDescriptor.word(CellDescriptor.SEALED, 1, 1));
        }

        final int isSealed() {
            return CellDescriptor.state(CellDescriptor.wordVolatile(cell)) == CellDescriptor.SEALED ? 1 : 0;
        }

        final int isFree() {
            return scan.isPinned(0) ? 0 : 1;
        }
    }

    /** As it is, evicted. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the client was first")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the store was first")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "both have seen the other")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "freed under a reader")
    @State
    public static class PinAgainstEvict extends Race {
        /** Client. */
        @Actor
        public void client(II_Result result) {
            pins.pin(0, 1);
            result.r1 = isSealed();
        }

        /** Store. */
        @Actor
        public void store(II_Result result) {
            scan.begin();
            CellDescriptor.wordVolatile(cell, CellDescriptor.word(CellDescriptor.EVICTING, 1, 1));
            scan.add(0);
            scan.run(table, TABLE_BYTES);
            result.r2 = isFree();
        }
    }

    /** What the client read under its pin is over when the store can see the pin gone. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "1, 0"},
            expect = ACCEPTABLE,
            desc = "read before the memory was used again")
    @Outcome(id = "2, 1", expect = FORBIDDEN, desc = "reused memory seen")
    @State
    public static class ReadAgainstReuse extends Race {
        private final int slot;

        /** Pinned before. */
        public ReadAgainstReuse() {
            slot = pins.pin(0, 1);
            UnsafeApi.putLong(cell + CellDescriptor.LENGTH_OFFSET, 1);
        }

        /** Client. */
        @Actor
        public void client(II_Result result) {
            result.r1 = (int) UnsafeApi.getLong(cell + CellDescriptor.LENGTH_OFFSET);
            pins.unpin(slot);
        }

        /** Store, and the next owner. */
        @Actor
        public void store(II_Result result) {
            scan.begin();
            CellDescriptor.wordVolatile(cell, CellDescriptor.word(CellDescriptor.DOOMED, 1, 1));
            scan.add(0);
            scan.run(table, TABLE_BYTES);
            result.r2 = isFree();
            if (result.r2 == 1) {
                UnsafeApi.putLong(cell + CellDescriptor.LENGTH_OFFSET, 2);
            }
        }
    }

    /** Broken on purpose, to see that the harness can see it: the pin is a plain store. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as with the fence")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "freed under a reader, for want of the client's fence")
    @State
    public static class BrokenPinWithoutFence extends Race {
        /** High-water mark as a client has it that has pinned before. */
        public BrokenPinWithoutFence() {
            pins.unpin(pins.pin(0, 1));
        }

        /** Client. */
        @Actor
        public void client(II_Result result) {
            UnsafeApi.putLongRelease(null, PinTableDescriptor.pinAddress(table, 0), 1);
            result.r1 = isSealed();
        }

        /** Store. */
        @Actor
        public void store(II_Result result) {
            scan.begin();
            CellDescriptor.wordVolatile(cell, CellDescriptor.word(CellDescriptor.EVICTING, 1, 1));
            scan.add(0);
            scan.run(table, TABLE_BYTES);
            result.r2 = isFree();
        }
    }

    /** Broken on purpose: no fence between the store's mark and its look. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as with the fence")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "freed under a reader, for want of the store's fence")
    @State
    public static class BrokenScanWithoutFence extends Race {
        /** Client. */
        @Actor
        public void client(II_Result result) {
            pins.pin(0, 1);
            result.r1 = isSealed();
        }

        /** Store. */
        @Actor
        public void store(II_Result result) {
            CellDescriptor.wordRelease(cell, CellDescriptor.word(CellDescriptor.EVICTING, 1, 1));
            boolean free = true;
            for (int slot = 0; slot < SLOTS; slot++) {
                free &= UnsafeApi.getLongAcquire(null, PinTableDescriptor.pinAddress(table, slot)) == 0;
            }
            result.r2 = free ? 1 : 0;
        }
    }
}
