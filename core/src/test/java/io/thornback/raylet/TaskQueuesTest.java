/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskQueuesTest {
    private static final JobId JOB = new JobId(7);

    private final TaskQueues queues = new TaskQueues();

    private static TaskRecord task(final String name, final double cpus) {
        return new TaskRecord(
                TaskId.create(JOB),
                TaskKind.TASK,
                name,
                "driver-1",
                Requirements.of(ResourceSet.cpus(cpus)),
                0,
                new TaskRecord.Spec(ValuePlace.INLINE, new byte[0], new byte[0]));
    }

    private List<String> takeAllThatNeedAtMost(final double cpus) {
        final List<String> taken = new ArrayList<>();
        queues.visit(1, (first, of) -> {
            if (ResourceSet.cpus(cpus).covers(first.request)) {
                taken.add(first.name);
                return TaskQueues.Verdict.TAKEN;
            }
            return TaskQueues.Verdict.WAITS;
        });
        return taken;
    }

    @Test
    void aTaskThatDoesNotFitDoesNotStandInTheWayOfOthers() {
        queues.add(task("big", 4), 1);
        queues.add(task("small-1", 1), 1);
        queues.add(task("small-2", 1), 1);

        assertEquals(List.of("small-1", "small-2"), takeAllThatNeedAtMost(1));
        assertEquals(1, queues.size());
        assertEquals(List.of("big"), takeAllThatNeedAtMost(4));
    }

    @Test
    void queuesTakeTurns() {
        queues.add(task("a1", 1), 1);
        queues.add(task("a2", 1), 1);
        queues.add(task("b1", 2), 1);
        queues.add(task("b2", 2), 1);

        assertEquals(List.of("a1", "b1", "a2", "b2"), takeAllThatNeedAtMost(2));
    }

    @Test
    void queuesTakeTurnsWhenOneTaskIsTakenAtATime() {
        for (int i = 1; i <= 3; i++) {
            queues.add(task("a" + i, 1), 1);
            queues.add(task("b" + i, 2), 1);
        }
        final List<String> taken = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            final int before = taken.size();
            queues.visit(1, (first, of) -> {
                if (taken.size() > before) {
                    return TaskQueues.Verdict.WAITS;
                }
                taken.add(first.name);
                return TaskQueues.Verdict.TAKEN;
            });
        }
        assertEquals(List.of("a1", "b1", "a2", "b2", "a3", "b3"), taken);
    }

    @Test
    void whatWaitsIsShownOnceInAPassUnlessSomethingCameFree() {
        queues.add(task("big", 4), 1);
        for (int i = 0; i < 5; i++) {
            queues.add(task("small", 1), 1);
        }
        final List<String> shown = new ArrayList<>();
        queues.visit(1, (first, of) -> {
            shown.add(first.name);
            if (shown.size() == 4) {
                queues.lookAgain();
            }
            return first.request.covers(ResourceSet.cpus(4)) ? TaskQueues.Verdict.WAITS : TaskQueues.Verdict.TAKEN;
        });
        assertEquals(2, shown.stream().filter("big"::equals).count());
    }

    @Test
    void whatTasksHaveSubmittedGoesBeforeWhatDriversHave() {
        queues.add(task("parent-1", 1), 1);
        queues.add(task("parent-2", 1), 1);
        final TaskRecord child = task("child", 1);
        child.nested = true;
        queues.add(child, 1);

        assertEquals(List.of("child", "parent-1", "parent-2"), takeAllThatNeedAtMost(1));
    }

    @Test
    void aTaskThatRunsAgainGoesFirst() {
        queues.add(task("new", 1), 1);
        queues.addFirst(task("again", 1), 1);

        assertEquals(List.of("again", "new"), takeAllThatNeedAtMost(1));
    }

    @Test
    void removesWhatMatchesAndKeepsCount() {
        queues.add(task("keep", 1), 1);
        queues.add(task("drop", 1), 1);

        assertEquals(1, queues.removeIf(t -> t.name.equals("drop")).size());
        assertEquals(1, queues.size());
        assertTrue(queues.removeIf(t -> t.name.equals("drop")).isEmpty());
    }

    @Test
    void knowsAThousandClassesAndForgetsThoseThatWereNotUsedForTheLongest() {
        queues.add(task("waits", 0.5), 1);
        final TaskRecord used = task("used", 1);
        queues.add(used, 1);
        assertEquals(1, queues.removeIf(t -> t == used).size());
        for (int i = 2; i < TaskQueues.MAX_CLASSES + 500; i++) {
            final TaskRecord once = task("once", i);
            queues.add(once, 1);
            assertEquals(1, queues.removeIf(t -> t == once).size());
            final TaskRecord again = task("again", 1);
            queues.add(again, 1);
            assertSame(used.schedulingClass, again.schedulingClass, "it is in use");
            assertEquals(1, queues.removeIf(t -> t == again).size());
        }
        assertEquals(TaskQueues.MAX_CLASSES, queues.known());
        final TaskRecord behind = task("behind", 0.5);
        queues.add(behind, 2);
        assertEquals(1, queues.waiting().size(), "what waits is not forgotten, and has one queue");
        assertEquals(2, behind.schedulingClass.waiting.size());
    }

    @Test
    void knowsWhichProcessesAreWaitedFor() {
        final RuntimeEnvironment special = RuntimeEnvironment.none().withVariable("MODE", "fast");
        final TaskRecord task = task("special", 1);
        task.environment = special.withJar(Path.of("a.jar"));
        assertFalse(queues.waitFor(special));
        queues.add(task, 1);
        assertTrue(queues.waitFor(special));
        assertFalse(queues.waitFor(RuntimeEnvironment.none()));
    }
}
