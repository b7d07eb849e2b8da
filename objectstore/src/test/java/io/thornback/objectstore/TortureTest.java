/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of the torture; the long one is {@link TortureMain}. {@code -Dseed=} repeats one. */
@Timeout(300)
class TortureTest {
    private static final long ARENA = 32L << 20;
    private static final long SMALL_ARENA = 10L << 20;

    private final long seed = Torture.seed();
    private final Random random = new Random(seed);

    @Test
    void nothingIsLostLeakedOrTornWhenClientsAreKilled() {
        try (Torture torture = new Torture(seed, 3, ARENA, false)) {
            while (torture.node.clientKills < 12) {
                torture.round(torture::killClients);
            }
            torture.end();
            assertTrue(torture.verifier.objectsVerified > 100, torture.toString());
        }
    }

    @Test
    void nothingIsLostLeakedOrTornWhenTheStoreIsKilled() {
        try (Torture torture = new Torture(seed, 3, ARENA, false)) {
            for (int i = 0; i < 4; i++) {
                torture.round(torture::killStore);
            }
            torture.round(torture::killEverybody);
            torture.end();
            assertTrue(torture.node.storeKills >= 5, torture.toString());
        }
    }

    @Test
    void nothingIsLostLeakedOrTornWhenTheStoreSpillsAndIsKilled() {
        try (Torture torture = new Torture(seed, 3, SMALL_ARENA, true)) {
            torture.round(torture::killStore);
            torture.round(torture::killClients);
            torture.round(torture::killEverybody);
            torture.end();
        }
    }

    /** Other steps in every run; all of them in the long form. */
    @Test
    void someStepsOfClientsAndStore() {
        final List<Step> steps = new ArrayList<>(List.of(Step.values()));
        Collections.shuffle(steps, random);
        try (Torture torture = new Torture(seed, 2, ARENA, false)) {
            steps.stream()
                    .filter(step -> step.ofClient)
                    .limit(4)
                    .forEach(step -> torture.round(() -> torture.killClientAt(step, 1)));
            steps.stream()
                    .filter(step -> !step.ofClient)
                    .limit(3)
                    .forEach(step -> torture.round(() -> torture.killStoreAt(step, 1)));
            torture.end();
        }
    }

    @Test
    void aStoppedClientBlocksNobodyAndAStoppedStoreNoReader() {
        try (Torture torture = new Torture(seed, 3, ARENA, false)) {
            torture.round(() -> torture.stopClient(1500));
            torture.round(() -> assertTrue(torture.stopClientAt(Step.SEAL_CLAIMED, 3, 1000)));
            torture.round(() -> torture.stopStore(1000));
            torture.round(() -> torture.stopClient(500));
            torture.end();
        }
    }
}
