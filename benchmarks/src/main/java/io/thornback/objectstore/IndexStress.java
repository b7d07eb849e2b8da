/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A client looks up an id while the store changes the index. */
public class IndexStress {
    private static final int CAPACITY = 8;
    private static final int CELLS = 4;
    private static final ObjectId[] IDS = {
        new ObjectId(1, 2, 3, 4), new ObjectId(5, 6, 7, 8), new ObjectId(9, 10, 11, 12), new ObjectId(13, 14, 15, 16)
    };

    IndexStress() {}

    /** An index of four cells; the first is entered. */
    static class Index {
        final long cells = StressMemory.take();
        final long address = cells + CELLS * CellDescriptor.LENGTH;
        final ObjectIndexWriter writer;
        final ObjectIndex reader;

        Index(final int rebuildAtPercent) {
            for (int cell = 0; cell < CELLS; cell++) {
                CellDescriptor.headerPlain(CellDescriptor.address(cells, cell), IDS[cell], 1, 0, 1, 0);
            }
            ObjectIndexWriter.initialise(address, CAPACITY);
            writer = new ObjectIndexWriter(address, CAPACITY, cells, CELLS, rebuildAtPercent);
            reader = new ObjectIndex(address, CAPACITY, cells, CELLS);
            writer.put(IDS[0], 0);
        }
    }

    /** What is there is found, also while the table is filled anew. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "found")
    @Outcome(expect = FORBIDDEN, desc = "missed, or another cell")
    @State
    public static class FindAgainstRebuild extends Index {
        /** One more entry and the table is full. */
        public FindAgainstRebuild() {
            super(25);
            writer.put(IDS[1], 1);
        }

        /** Store. */
        @Actor
        public void store() {
            writer.put(IDS[2], 2);
        }

        /** Client. */
        @Actor
        public void client(I_Result result) {
            result.r1 = reader.find(IDS[0]);
        }
    }

    /** What is being entered is found or not; never as another cell. */
    @JCStressTest
    @Outcome(
            id = {"-1", "3"},
            expect = ACCEPTABLE,
            desc = "not yet, or found")
    @Outcome(expect = FORBIDDEN, desc = "another cell")
    @State
    public static class FindAgainstPut extends Index {
        /** With a neighbour that leaves. */
        public FindAgainstPut() {
            super(75);
        }

        /** Store. */
        @Actor
        public void store() {
            writer.remove(IDS[0], 0);
            writer.put(IDS[3], 3);
        }

        /** Client. */
        @Actor
        public void client(I_Result result) {
            result.r1 = reader.find(IDS[3]);
        }
    }
}
