/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of the chaos run; the long one is {@link ChaosMain}. {@code -Dseed=} repeats one. */
@Timeout(400)
class ChaosTest {
    private static final Duration ROUND = Duration.ofSeconds(12);
    private static final int ROUNDS = 2;

    @Test
    void nothingIsWrongOrLeftWhenWorkersAndDriversAreKilled() throws Exception {
        try (Chaos chaos = new Chaos(Chaos.seed())) {
            for (int i = 0; i < ROUNDS; i++) {
                chaos.round(ROUND);
            }
            System.out.println("chaos: " + chaos);
            assertTrue(chaos.workersKilled() > 5, chaos.toString());
            chaos.stop();
        }
    }
}
