/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChoreTest {
    @Test
    void oneFailureIsNotItsEnd() throws InterruptedException {
        final CountDownLatch times = new CountDownLatch(3);
        try (Chore chore = new Chore("chore", 1, () -> {
            times.countDown();
            throw new IllegalStateException("bad");
        })) {
            chore.start();
            assertTrue(times.await(10, TimeUnit.SECONDS));
        }
    }
}
