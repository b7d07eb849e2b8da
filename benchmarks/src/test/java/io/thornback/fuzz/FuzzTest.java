/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form: the same inputs each time, some seconds long. The long one is {@link FuzzMain}. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
    private static final long SEED = 20_261_126;
    /** Of a target of weight 100. */
    private static final int EXECUTIONS = 3_000;

    private static final List<byte[]> SEEDS = List.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    @Test
    void nothingButWhatIsDocumentedComesOfNonsense() throws Exception {
        try (FuzzTargets targets = new FuzzTargets()) {
            for (final FuzzTarget target : targets.all()) {
                new Fuzzer(target, SEED).run(EXECUTIONS);
            }
            assertTrue(
                    targets.all().size() > 90,
                    "messages and the rest: " + targets.all().size());
        }
    }

    private static AssertionError faultOf(final FuzzTarget.Body body) {
        final Fuzzer fuzzer = new Fuzzer(
                FuzzTarget.of("faulty", SEEDS, input -> {
                            if (input[0] != 1) {
                                body.run(input);
                            }
                        })
                        .failingWith(IndexOutOfBoundsException.class),
                SEED);
        return assertThrows(AssertionError.class, () -> fuzzer.run(1_000));
    }

    @Test
    void theFuzzerSeesAnExceptionThatIsNotDocumented() {
        final AssertionError fault = faultOf(input -> {
            throw new IllegalStateException("planted");
        });
        assertTrue(fault.getMessage().contains("throws what it does not document, for "), fault.getMessage());
        assertEquals("planted", fault.getCause().getMessage());
    }

    @Test
    void theFuzzerSeesMemoryThatIsReservedForALengthThatIsNotThere() {
        final AssertionError fault = faultOf(input -> {
            if (new byte[8 << 20].length == input.length) {
                throw new IndexOutOfBoundsException();
            }
        });
        assertTrue(fault.getMessage().contains("reserves bytes=8388"), fault.getMessage());
    }

    @Test
    void theFuzzerSeesRecursionWithoutAnEnd() {
        assertTrue(faultOf(FuzzTest::deeper).getCause() instanceof StackOverflowError);
    }

    private static void deeper(final byte[] input) {
        if (input.length > 0) {
            deeper(input.clone());
        }
    }
}
