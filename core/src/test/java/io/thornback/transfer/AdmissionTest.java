/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(100);
    private final List<String> begun = new ArrayList<>();

    private Admission.Ticket enter(String name, long bytes, PullPriority priority) {
        return admission.enter(bytes, priority, () -> begun.add(name));
    }

    @Test
    void whatFitsBeginsAtOnce() {
        enter("a", 60, PullPriority.ARGUMENT);
        enter("b", 40, PullPriority.ARGUMENT);
        enter("c", 1, PullPriority.GET);
        assertEquals(List.of("a", "b"), begun);
        assertEquals(100, admission.bytes());
    }

    @Test
    void priorityGoesFirstAndThenWhoCameFirst() {
        final Admission.Ticket first = enter("first", 100, PullPriority.ARGUMENT);
        enter("argument", 100, PullPriority.ARGUMENT);
        final Admission.Ticket wait = enter("wait", 50, PullPriority.WAIT);
        final Admission.Ticket get = enter("get", 50, PullPriority.GET);
        admission.leave(first);
        assertEquals(List.of("first", "get", "wait"), begun);
        admission.leave(get);
        admission.leave(wait);
        assertEquals(List.of("first", "get", "wait", "argument"), begun);
    }

    @Test
    void aSmallOneDoesNotPassALargeOne() {
        final Admission.Ticket first = enter("first", 60, PullPriority.GET);
        final Admission.Ticket large = enter("large", 80, PullPriority.GET);
        enter("small", 10, PullPriority.GET);
        assertEquals(List.of("first"), begun);
        admission.leave(first);
        assertEquals(List.of("first", "large", "small"), begun);
        admission.leave(large);
        assertEquals(10, admission.bytes());
    }

    @Test
    void whoGivesUpTheWaitIsInNobodysWay() {
        final Admission.Ticket first = enter("first", 60, PullPriority.GET);
        final Admission.Ticket large = enter("large", 80, PullPriority.GET);
        enter("small", 10, PullPriority.GET);
        admission.leave(large);
        assertEquals(List.of("first", "small"), begun);
        admission.leave(first);
        admission.leave(first);
        assertEquals(10, admission.bytes(), "twice is once");
    }

    @Test
    void whoIsRaisedGoesBeforeOthers() {
        final Admission.Ticket first = enter("first", 100, PullPriority.GET);
        final Admission.Ticket argument = enter("argument", 100, PullPriority.ARGUMENT);
        enter("wait", 100, PullPriority.WAIT);
        admission.raise(argument, PullPriority.GET);
        admission.leave(first);
        assertEquals(List.of("first", "argument"), begun);
    }

    @Test
    void oneBeyondTheLimitGoesAlone() {
        final Admission.Ticket first = enter("first", 1, PullPriority.GET);
        final Admission.Ticket huge = enter("huge", 1_000, PullPriority.GET);
        enter("next", 1, PullPriority.GET);
        assertEquals(List.of("first"), begun);
        admission.leave(first);
        assertEquals(List.of("first", "huge"), begun);
        admission.leave(huge);
        assertEquals(List.of("first", "huge", "next"), begun);
        assertEquals(1_000, admission.mostBytes());
    }

    @Test
    void aLimitMustBe() {
        assertThrows(IllegalArgumentException.class, () -> new Admission(0));
    }
}
