/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few rounds of {@link CrashRounds}: steps drawn by lot, another few in each run. The long form, with every step, is {@link CrashMain}. */
@Timeout(240)
class CrashStepsTest {
    /** Steps of spilling have a test of their own, and no disk here. */
    static boolean isHere(final Step step) {
        return !step.name().startsWith("SPILL")
                && !step.name().startsWith("RESTORE")
                && !step.name().startsWith("EVICT");
    }

    @Test
    void nothingIsLostTornOrLeakedWhoeverIsKilledWherever() {
        final long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        final List<Step> steps = new ArrayList<>(Arrays.asList(Step.values()));
        steps.removeIf(step -> !isHere(step));
        Collections.shuffle(steps, new Random(seed));
        try (CrashRounds rounds = new CrashRounds(seed)) {
            rounds.killClientsAt(first(steps, true), 1, 2);
            rounds.killStoreAt(first(steps, false), 1);
            rounds.killClientsAtRandom(3);
            rounds.killStoreAtRandom(2);
            rounds.stopAClient(Step.SEAL_CLAIMED, 500);
            assertTrue(rounds.clientKills >= 4, "clients were killed: " + rounds.clientKills);
            assertTrue(rounds.storeKills >= 4, "stores were killed: " + rounds.storeKills);
        }
    }

    private static Step first(final List<Step> steps, final boolean ofClient) {
        return steps.stream()
                .filter(step -> step.ofClient == ofClient)
                .findFirst()
                .orElseThrow();
    }
}
