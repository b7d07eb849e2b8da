/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.config.RayletSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit on the tasks that a driver has in flight. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubmissionLimitTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void aDriverWaitsWithTheNextTaskUntilOneHasEnded() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.start(Map.of(RayletSettings.MAX_TASKS_IN_FLIGHT, "2"));
                Thornback driver = node.connect()) {
            final List<ObjectRef<List<Integer>>> slow = List.of(
                    driver.task(ReturnsContract::sleeping, 40).submit(),
                    driver.task(ReturnsContract::sleeping, 40).submit());
            final CompletableFuture<ObjectRef<Integer>> third = CompletableFuture.supplyAsync(
                    () -> driver.task(ReturnsContract::add, 1, 2).submit());
            TimeUnit.MILLISECONDS.sleep(300);
            assertFalse(third.isDone());
            assertTrue(slow.get(0).cancel());
            assertEquals(3, third.get(30, TimeUnit.SECONDS).get(LONG));
            assertTrue(slow.get(1).cancel());
        }
    }

    @Test
    void whoWaitsTooLongIsToldOfTheLimit() {
        final TaskTable table = new TaskTable(1);
        table.enter(0);
        final GetTimeoutException e =
                assertThrows(GetTimeoutException.class, () -> table.enter(TimeUnit.MILLISECONDS.toNanos(5)));
        assertTrue(e.getMessage().contains("limit=1"), e.getMessage());
        assertTrue(e.getMessage().contains("raylet.max-tasks-in-flight"), e.getMessage());
        table.leave();
        table.enter(0);
    }
}
