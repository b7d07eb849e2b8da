/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void delaysDoubleWithAQuarterOfJitterUpToTheLimit() {
        final Backoff backoff = new Backoff(100, 1_000, new SplittableRandom(1));
        final long[] bases = {100, 200, 400, 800, 1_000, 1_000};
        for (long base : bases) {
            final long delayMs = backoff.nextDelayMs();
            assertTrue(delayMs >= base * 3 / 4 && delayMs <= base * 5 / 4, delayMs + " for " + base);
        }
        backoff.reset();
        assertTrue(backoff.nextDelayMs() <= 125);
    }
}
