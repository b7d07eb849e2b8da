/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.ids.JobId;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Requirements;
import org.junit.jupiter.api.Test;

/** What is concluded from how long tasks took. */
class SchedulingClassTest {
    private static final long SHORT_NS = 20_000;
    private static final long LONG_NS = 10_000_000;

    private final SchedulingClass tasks = new SchedulingClass(new JobId(1), Requirements.of(ResourceSet.cpus(1)));

    private void took(final int count, final long ns) {
        for (int i = 0; i < count; i++) {
            tasks.took(ns);
        }
    }

    @Test
    void nothingIsSentAheadOfWhatIsNotKnown() {
        assertEquals(0, tasks.ahead());
        assertEquals(0, tasks.brief());
    }

    @Test
    void whatIsBriefIsAFewDozenMicroseconds() {
        took(1, 2_000);
        assertEquals(25, tasks.brief());
        took(2, 50_001);
        assertEquals(0, tasks.brief());
    }

    @Test
    void aMillisecondOfWorkIsSentAhead() {
        took(1, SHORT_NS);
        assertEquals(50, tasks.ahead());
        tasks.took(1);
        tasks.took(1);
        assertEquals(64, tasks.ahead(), "and no more than so many");
    }

    @Test
    void aTaskThatHadToWaitForItsCoreSaysNothingOfTheRest() {
        took(10, SHORT_NS);
        for (int i = 0; i < 20; i++) {
            tasks.took(LONG_NS);
            tasks.took(SHORT_NS);
        }
        assertEquals(50, tasks.ahead());
    }

    @Test
    void tasksThatHaveBecomeLongAreBelievedAtTheSecond() {
        took(10, SHORT_NS);
        took(2, LONG_NS);
        assertEquals(0, tasks.ahead());
    }

    @Test
    void theFirstTasksOfNewProcessesAreForgottenWithTheNextTwo() {
        took(8, 60_000_000);
        took(2, SHORT_NS);
        assertEquals(50, tasks.ahead());
    }

    @Test
    void ofTwoThatAreFarTheNearerCounts() {
        took(1, SHORT_NS);
        tasks.took(LONG_NS);
        tasks.took(10 * SHORT_NS);
        assertEquals(5, tasks.ahead());
    }

    @Test
    void oneFarBelowAndOneFarAboveConfirmNothing() {
        took(1, SHORT_NS);
        tasks.took(LONG_NS);
        tasks.took(SHORT_NS / 100);
        tasks.took(LONG_NS);
        assertEquals(50, tasks.ahead());
    }
}
