/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of the torture; the long one is {@link TortureMain}. {@code -Dseed=} repeats one. */
@Timeout(300)
class TortureTest {
    private static final long ARENA = 32L << 20;
    private static final long SMALL_ARENA = 10L << 20;

    private final long seed = Torture.seed();

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
                torture.round(torture::killEverybody);
            }
            torture.end();
            assertTrue(torture.node.storeKills >= 4, torture.toString());
        }
    }

    @Test
    void nothingIsLostLeakedOrTornWhenTheStoreSpillsAndIsKilled() {
        try (Torture torture = new Torture(seed, 3, SMALL_ARENA, true)) {
            torture.round(torture::killEverybody);
            torture.round(torture::killClients);
            torture.round(torture::killEverybody);
            torture.end();
        }
    }

    @Test
    void aStoppedClientBlocksNobodyAndAStoppedStoreNoReader() {
        try (Torture torture = new Torture(seed, 3, ARENA, false)) {
            torture.round(() -> torture.stopClient(1500));
            torture.round(() -> torture.stopStore(1000));
            torture.round(() -> torture.stopClient(500));
            torture.end();
        }
    }
}
