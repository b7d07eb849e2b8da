/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The races of a put: for the lease, for the sight of what was sealed, and between own puts for their table. */
public class PutStress {
    private static final ObjectId ID = new ObjectId(1, 2, 3, 4);
    private static final ObjectId OTHER = new ObjectId(5, 6, 7, 8);
    private static final int LENGTH = 77;

    PutStress() {}

    /** A client takes its lease to WRITING while the store takes it back. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one has it")
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = FORBIDDEN,
            desc = "both have it, or nobody")
    @State
    public static class LeaseAgainstReclaim {
        private final long cell = StressMemory.take();

        /** Leased. */
        public LeaseAgainstReclaim() {
            CellDescriptor.wordVolatile(cell, word(CellDescriptor.LEASED));
        }

        /** Client. */
        @Actor
        public void client(II_Result result) {
            result.r1 = CellDescriptor.casWord(cell, word(CellDescriptor.LEASED), word(CellDescriptor.WRITING)) ? 1 : 0;
        }

        /** Store. */
        @Actor
        public void store(II_Result result) {
            final long word = CellDescriptor.wordVolatile(cell);
            result.r2 = CellDescriptor.state(word) == CellDescriptor.LEASED
                            && CellDescriptor.casWord(
                                    cell,
                                    word,
                                    CellDescriptor.word(CellDescriptor.FREE, 0, CellDescriptor.generation(word)))
                    ? 1
                    : 0;
        }
    }

    /** Who sees SEALED sees all that was written before. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not sealed yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "sealed and whole")
    @Outcome(id = "2", expect = FORBIDDEN, desc = "sealed and torn")
    @State
    public static class SealAgainstLook {
        private final long cell = StressMemory.take();

        /** Client and store, one after the other. */
        @Actor
        public void store() {
            CellDescriptor.headerPlain(cell, ID, LENGTH, 0, 1, 0);
            CellDescriptor.wordRelease(cell, word(CellDescriptor.SEALED));
        }

        /** Another client. */
        @Actor
        public void client(I_Result result) {
            if (CellDescriptor.state(CellDescriptor.wordVolatile(cell)) == CellDescriptor.SEALED) {
                result.r1 =
                        ID.equalsAddress(cell + CellDescriptor.ID_OFFSET) && CellDescriptor.lengthPlain(cell) == LENGTH
                                ? 1
                                : 2;
            }
        }
    }

    /** Two threads of a client enter their puts into one bucket: none is lost. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both are found")
    @Outcome(expect = FORBIDDEN, desc = "a put was lost")
    @State
    public static class OwnPutsAgainstEachOther {
        private final long cells = StressMemory.take();
        private final OwnPuts puts = new OwnPuts(cells, 1);

        /** Two cells being written. */
        public OwnPutsAgainstEachOther() {
            for (int cell = 0; cell < 2; cell++) {
                final long address = CellDescriptor.address(cells, cell);
                CellDescriptor.headerPlain(address, cell == 0 ? ID : OTHER, LENGTH, 0, 1, 0);
                CellDescriptor.wordVolatile(address, word(CellDescriptor.WRITING));
            }
        }

        /** One. */
        @Actor
        public void one() {
            puts.add(ID, CellDescriptor.token(0, 1));
        }

        /** The other. */
        @Actor
        public void other() {
            puts.add(OTHER, CellDescriptor.token(1, 1));
        }

        /** Looks for both. */
        @Arbiter
        public void look(II_Result result) {
            result.r1 = puts.find(ID) == CellDescriptor.token(0, 1) ? 1 : 0;
            result.r2 = puts.find(OTHER) == CellDescriptor.token(1, 1) ? 1 : 0;
        }
    }

    private static long word(final int state) {
        return CellDescriptor.word(state, 1, 1);
    }
}
