/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.raylet.MemoryPolicy.Candidate;
import io.thornback.raylet.MemoryPolicy.Load;
import io.thornback.resources.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryPolicyTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MemoryUsage FULL = new MemoryUsage(96, 100, "test");
    private static final MemoryUsage ENOUGH = new MemoryUsage(95, 100, "test");

    private final MemoryPolicy policy = new MemoryPolicy(0.95);
    private final List<Candidate> candidates = new ArrayList<>(List.of(
            new Candidate(1, Load.TASK, 900),
            new Candidate(2, Load.RETRIABLE_TASK, 100),
            new Candidate(3, Load.ACTOR, 950),
            new Candidate(4, Load.RETRIABLE_TASK, 300),
            new Candidate(5, Load.TASK, 200),
            new Candidate(6, Load.RETRIABLE_TASK, 200)));

    @Test
    void nobodyGoesWhileThereIsEnough() {
        assertTrue(policy.choose(ENOUGH, candidates, 1_000).isEmpty());
        assertFalse(policy.isShort(ENOUGH));
    }

    @Test
    void theNewestThatRunsAgainGoesFirstThenTheNewestOtherThenActors() {
        final List<Integer> gone = new ArrayList<>();
        long now = 1_000;
        while (!candidates.isEmpty()) {
            final Candidate chosen = policy.choose(FULL, candidates, now).orElseThrow();
            gone.add(chosen.number());
            candidates.remove(chosen);
            now += 2 * SECOND;
        }
        assertEquals(List.of(4, 6, 2, 1, 5, 3), gone);
        assertEquals(Optional.empty(), policy.choose(FULL, candidates, now), "there is nobody left");
    }

    @Test
    void anIdleWorkerCostsNothing() {
        candidates.add(new Candidate(7, Load.IDLE, 1));
        assertEquals(7, policy.choose(FULL, candidates, 1_000).orElseThrow().number());
    }

    @Test
    void theNextGoesOnlyWhenTheMemoryOfTheLastCouldHaveComeBack() {
        assertTrue(policy.choose(FULL, candidates, 1_000).isPresent());
        assertTrue(policy.choose(FULL, candidates, 1_000 + SECOND / 2).isEmpty());
        assertTrue(policy.choose(FULL, candidates, 1_000 + SECOND).isPresent());
    }

    @Test
    void saysWhatIsUsedAndWhatTheLimitIs() {
        assertEquals(
                "used=960m limit=1000m (cgroup x) threshold=95 %",
                policy.describe(new MemoryUsage(960L << 20, 1000L << 20, "cgroup x")));
    }
}
