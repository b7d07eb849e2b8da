/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.Thornback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tasks and calls that are cancelled before they begin, while they run, and afterwards. */
abstract class CancelContract extends CallFormsContract {
    @TempDir
    static Path marks;

    /** Leaves a mark when it begins, and another when it is interrupted; sleeps meanwhile. */
    static int sleep(final String mark) throws IOException, InterruptedException {
        Files.createFile(Path.of(mark + "-begun"));
        try {
            TimeUnit.SECONDS.sleep(40);
        } catch (final InterruptedException e) {
            Files.createFile(Path.of(mark + "-interrupted"));
            throw e;
        }
        return 1;
    }

    static int mark(final String mark) throws IOException {
        Files.createFile(Path.of(mark + "-begun"));
        return 1;
    }

    static int after(final int before, final String mark) throws IOException {
        return before + mark(mark);
    }

    static final class Sleeper {
        private int calls;

        int sleep(final String mark) throws IOException, InterruptedException {
            calls++;
            return CancelContract.sleep(mark);
        }

        int calls() {
            return calls;
        }

        int add(final int more) {
            calls += more;
            return calls;
        }
    }

    static String name(final String name) {
        return marks.resolve(name + "-" + System.nanoTime()).toString();
    }

    static boolean is(final String mark, final String what) {
        return Files.exists(Path.of(mark + what));
    }

    static void await(final String mark, final String what) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (!is(mark, what)) {
            assertTrue(System.nanoTime() - deadline < 0, mark + what);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Test
    void aTaskThatRunsIsInterruptedAndItsWorkerGoesOn() throws InterruptedException {
        final Thornback tb = connection();
        final String mark = name("running");
        final ObjectRef<Integer> task = tb.task(CancelContract::sleep, mark).submit();
        await(mark, "-begun");
        assertTrue(task.cancel());
        final TaskCancelledException e = assertThrows(TaskCancelledException.class, () -> task.get(LONG));
        assertTrue(e.getMessage().contains("CancelContract.sleep was cancelled"), e.getMessage());
        await(mark, "-interrupted");
        assertFalse(task.cancel(), "it was cancelled before");
        for (int i = 0; i < 20; i++) {
            assertEquals(i + 1, tb.task(CallFormsContract::plus, i, 1).submit().get(LONG), "no interrupt is left over");
        }
    }

    static int parentOf(final String mark) {
        return Thornback.current().task(CancelContract::sleep, mark).submit().get(LONG);
    }

    static int grandparentOf(final String mark) {
        return Thornback.current().task(CancelContract::parentOf, mark).submit().get(LONG);
    }

    @Test
    void whatATaskHasAskedForIsCancelledWithIt() throws InterruptedException {
        final String mark = name("child");
        final ObjectRef<Integer> task =
                connection().task(CancelContract::grandparentOf, mark).submit();
        await(mark, "-begun");
        assertTrue(task.cancel());
        await(mark, "-interrupted");
    }

    @Test
    void aTaskThatWaitsForResourcesNeverRuns() throws InterruptedException {
        final Thornback tb = connection();
        final List<ObjectRef<Integer>> running = new ArrayList<>();
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            names.add(name("holds"));
            running.add(tb.task(CancelContract::sleep, names.get(i)).submit());
        }
        for (final String name : names) {
            await(name, "-begun");
        }
        final String queued = name("queued");
        final List<ObjectRef<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(tb.task(CancelContract::mark, queued + i).submit());
        }
        waiting.forEach(task -> assertTrue(task.cancel()));
        running.forEach(task -> assertTrue(task.cancel()));
        assertEquals(3, tb.task(CallFormsContract::plus, 1, 2).submit().get(LONG));
        for (int i = 0; i < 50; i++) {
            final ObjectRef<Integer> task = waiting.get(i);
            assertThrows(TaskCancelledException.class, () -> task.get(LONG));
            assertFalse(is(queued + i, "-begun"), "it never ran");
        }
    }

    @Test
    void aTaskWhoseArgumentIsNotThereIsNeverSent() throws InterruptedException {
        final Thornback tb = connection();
        final String first = name("first");
        final String second = name("second");
        final ObjectRef<Integer> early = tb.task(CancelContract::sleep, first).submit();
        final ObjectRef<Integer> late =
                tb.task(CancelContract::after, early, second).submit();
        final ObjectRef<Integer> later =
                tb.task(CallFormsContract::plus, late, 1).submit();
        await(first, "-begun");
        assertTrue(late.cancel());
        assertThrows(TaskCancelledException.class, () -> late.get(LONG));
        assertThrows(TaskCancelledException.class, () -> later.get(LONG), "what needs it fails with it");
        assertTrue(early.cancel());
        await(first, "-interrupted");
        assertEquals(3, tb.task(CallFormsContract::plus, 1, 2).submit().get(LONG));
        assertFalse(is(second, "-begun"));
    }

    @Test
    void whatHasEndedOrIsNoTaskCannotBeCancelled() {
        final Thornback tb = connection();
        final ObjectRef<Integer> ended = tb.task(CallFormsContract::plus, 1, 2).submit();
        assertEquals(3, ended.get(LONG));
        assertFalse(ended.cancel());
        assertFalse(ended.cancelForcibly());
        assertEquals(3, ended.get(LONG));
        assertFalse(tb.put("x").cancel());
    }

    @Test
    void callsOfAnActorAreCancelledOneByOne() throws InterruptedException {
        final Thornback tb = connection();
        final ActorRef<Sleeper> sleeper = tb.actor(Sleeper::new).create();
        final String running = name("call");
        final String waiting = name("waits");
        final ObjectRef<Integer> first = sleeper.call(Sleeper::sleep, running);
        final ObjectRef<Integer> second = sleeper.call(Sleeper::sleep, waiting);
        final ObjectRef<Integer> third = sleeper.call(Sleeper::calls);
        await(running, "-begun");
        assertThrows(IllegalArgumentException.class, first::cancelForcibly);
        assertTrue(second.cancel());
        assertTrue(first.cancel());
        assertThrows(TaskCancelledException.class, () -> first.get(LONG));
        assertThrows(TaskCancelledException.class, () -> second.get(LONG));
        assertEquals(1, third.get(LONG), "the second never ran");
        assertFalse(is(waiting, "-begun"));
        sleeper.kill();
    }

    @Test
    void aReferenceThatWasGivenAwayTellsOthersThatItWasCancelled() throws InterruptedException {
        final Thornback tb = connection();
        final String mark = name("given");
        final ObjectRef<Integer> task = tb.task(CancelContract::sleep, mark).submit();
        final ObjectRef<String> told =
                tb.task(CancelContract::outcomeOf, new Held(task)).submit();
        await(mark, "-begun");
        assertTrue(task.cancel());
        final String outcome = told.get(Duration.ofSeconds(20));
        assertTrue(outcome.contains("was cancelled"), outcome);
    }

    record Held(ObjectRef<Integer> ref) {}

    static String outcomeOf(final Held held) {
        try {
            return "value " + held.ref().get(LONG);
        } catch (final RuntimeException e) {
            return e.toString();
        }
    }

    @Test
    void aCallThatIsCancelledBeforeItsArgumentIsThereHoldsNoOtherUp() throws InterruptedException {
        final Thornback tb = connection();
        final ActorRef<Sleeper> sleeper = tb.actor(Sleeper::new).cpus(0).create();
        final String mark = name("late");
        final ObjectRef<Integer> late = tb.task(CancelContract::sleep, mark).submit();
        await(mark, "-begun");
        final ObjectRef<Integer> head = sleeper.call(Sleeper::add, late);
        final ObjectRef<Integer> next = sleeper.call(Sleeper::calls);
        assertTrue(head.cancel());
        assertEquals(0, next.get(LONG), "it does not wait for the argument of one that nobody wants");
        assertTrue(late.cancel());
        sleeper.kill();
    }
}
