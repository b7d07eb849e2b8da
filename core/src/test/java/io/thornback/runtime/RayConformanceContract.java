/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Fn1;
import io.thornback.ObjectRef;
import io.thornback.TaskCall;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.WaitResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What programs written for Ray rely on in tasks, {@code get} and {@code wait}; one test for each promise. */
abstract class RayConformanceContract extends ValuesContract {
    static int slowly(final int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return millis;
    }

    static int throwsAfter(final int millis, final String what) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        throw new IllegalStateException(what);
    }

    record Box(ObjectRef<Integer> inside) {}

    static String kinds(final Integer value, final Box box) {
        return value.getClass().getSimpleName() + " " + ObjectRef.class.isInstance(box.inside());
    }

    private <T> ObjectRef<T> free(final TaskCall<T> call) {
        return call.cpus(0).submit();
    }

    @Test
    void rayGetOverAListThrowsTheFirstErrorInTheOrderOfTheList() {
        final Thornback tb = connection();
        final ObjectRef<Integer> late = free(tb.task(RayConformanceContract::throwsAfter, 400, "first in the list"));
        final ObjectRef<Integer> early = free(tb.task(RayConformanceContract::throwsAfter, 0, "first in time"));
        assertThrows(TaskException.class, () -> early.get(LONG));
        for (final boolean deadline : new boolean[] {true, false}) {
            final List<ObjectRef<Integer>> refs = List.of(tb.put(1), late, early);
            final TaskException e = assertThrows(
                    TaskException.class, () -> Object.class.cast(deadline ? tb.get(refs, LONG) : tb.get(refs)));
            assertEquals("first in the list", e.getCause().getMessage());
        }
    }

    @Test
    void rayGetWaitsForTheValueUnlessToldOtherwise() {
        assertEquals(
                700,
                free(connection().task(RayConformanceContract::slowly, 700)).get());
    }

    @Test
    void rayWaitReturnsNoMoreThanItWasAskedForInTheOrderOfTheInput() {
        final Thornback tb = connection();
        final List<ObjectRef<Integer>> refs = List.of(tb.put(0), tb.put(1), tb.put(2));
        final WaitResult<Integer> two = tb.wait(refs, 2, LONG);
        assertEquals(refs.subList(0, 2), two.ready());
        assertEquals(refs.subList(2, 3), two.pending());
        assertSame(refs.get(0), two.ready().get(0));
    }

    @Test
    void rayWaitReturnsFewerWhenItsTimeHasPassed() {
        final Thornback tb = connection();
        final ObjectRef<Integer> slow = free(tb.task(RayConformanceContract::slowly, 2_000));
        final WaitResult<Integer> result = tb.wait(List.of(slow, tb.put(1)), 2, Duration.ofMillis(100));
        assertEquals(1, result.ready().size());
        assertEquals(List.of(slow), result.pending());
        assertTrue(slow.cancel());
    }

    @Test
    void rayWaitTakesAFailureForReady() {
        final ObjectRef<Integer> failed = free(connection().task(RayConformanceContract::throwsAfter, 50, "failed"));
        assertEquals(
                List.of(failed), connection().wait(List.of(failed), 1, LONG).ready());
    }

    @Test
    void rayWaitOfNothingGivesNothingAndOfNullFails() {
        final Thornback tb = connection();
        final WaitResult<Integer> nothing = tb.wait(List.<ObjectRef<Integer>>of(), 1, LONG);
        assertTrue(nothing.ready().isEmpty() && nothing.pending().isEmpty());
        final List<ObjectRef<Integer>> withNull = Arrays.asList(tb.put(1), null);
        final NullPointerException e = assertThrows(NullPointerException.class, () -> tb.wait(withNull, 1, LONG));
        assertTrue(e.getMessage().contains("refs[1] of 2"), e.getMessage());
        assertThrows(NullPointerException.class, () -> tb.get(withNull, LONG));
    }

    @Test
    void rayATopLevelReferenceIsResolvedAndANestedOneStays() {
        final ObjectRef<Integer> one = connection().put(1);
        assertEquals(
                "Integer true",
                connection()
                        .task(RayConformanceContract::kinds, one, connection().put(new Box(one)))
                        .submit()
                        .get(LONG));
    }

    @Test
    void rayTheErrorOfATaskIsTheCauseAlsoOfWhatNeededIt() {
        final Thornback tb = connection();
        final ObjectRef<Integer> bad =
                tb.task(RayConformanceContract::throwsAfter, 0, "origin").submit();
        final ObjectRef<Integer> needs = tb.task(ReturnsContract::add, bad, 1).submit();
        final TaskException e = assertThrows(TaskException.class, () -> needs.get(LONG));
        assertInstanceOf(IllegalStateException.class, e.getCause());
        assertEquals("origin", e.getCause().getMessage());
    }

    @Test
    void rayACapturedValueIsNotDroppedButRefused() {
        final int captured = Integer.parseInt("7");
        final Fn1<Integer, Integer> function = x -> x + captured;
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().task(function, 1).submit());
    }

    @Test
    void rayALoopOfWaitsTakesResultsAsTheyCome() {
        final Thornback tb = connection();
        List<ObjectRef<Integer>> pending = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            pending.add(tb.task(ReturnsContract::add, i, 0).submit());
        }
        int sum = 0;
        while (!pending.isEmpty()) {
            final WaitResult<Integer> some = tb.wait(pending, 1, LONG);
            sum += some.ready().get(0).get(LONG);
            pending = some.pending();
        }
        assertEquals(299 * 300 / 2, sum);
    }

    @Test
    void waitingAgainAndAgainLeavesNothingBehind() {
        final Thornback tb = connection();
        final ObjectRef<Integer> slow = free(tb.task(RayConformanceContract::slowly, 20_000));
        for (int i = 0; i < 200; i++) {
            assertFalse(
                    tb.wait(List.of(slow), 1, Duration.ofNanos(1_000)).pending().isEmpty());
        }
        assertEquals(0, ((RuntimeRef<Integer>) slow).entry().done().getNumberOfDependents());
        assertEquals(0, ((RuntimeRef<Integer>) slow).entry().waiterCount());
        assertTrue(slow.cancel());
    }
}
