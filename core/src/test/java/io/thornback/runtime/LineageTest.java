/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.function.FunctionDescriptor;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which specifications are kept, and when they go. */
class LineageTest {
    private static final JobId JOB = new JobId(7);
    private static final Owner SELF = new Owner(ProcessIdentity.current(), "lineage-test");

    private final List<ObjectId> deleted = new ArrayList<>();
    private Lineage lineage = new Lineage(SELF, 1 << 20, deleted::add);

    private static PendingTask task(final TaskKind kind, final int retries, final Argument... arguments) {
        final TaskId id = TaskId.create(JOB);
        final ObjectId result = id.object(TaskId.RESULT_INDEX);
        final ObjectEntry entry = new ObjectEntry(result, new ObjectEntry.ObjectLife(result, new UnseenFailures()));
        entry.completeStored();
        final PendingTask task = new PendingTask(id, "lineage", List.of(entry), List.of(arguments), List.of());
        final CallRequest request = new CallRequest(kind, ActorId.none(JOB));
        request.retries(retries);
        final CallSpec spec =
                new CallSpec(new FunctionDescriptor("a.B", "c", "()V", 6), List.of(arguments), request.options());
        task.origin(new Call(request, spec, task));
        return task;
    }

    private static Argument of(final PendingTask task) {
        return new Argument.Reference(task.result());
    }

    @Test
    void whatMayNotBeRunAgainIsNotKept() {
        assertFalse(lineage.keep(task(TaskKind.TASK, 0)));
        assertFalse(lineage.keep(task(TaskKind.ACTOR_CALL, 3)));
        assertEquals(0, lineage.size());
        assertFalse(new Lineage(SELF, 0, deleted::add).keep(task(TaskKind.TASK, 3)));
    }

    @Test
    void itGoesWithItsResultAndTakesItsInputsAlong() {
        final PendingTask first = task(TaskKind.TASK, 3);
        final PendingTask second = task(TaskKind.TASK, 3, of(first));
        final PendingTask third = task(TaskKind.TASK, 3, of(second), of(first));
        final ObjectId large = third.id().object(TaskId.FIRST_ARGUMENT_INDEX);
        third.addTemporary(large);
        for (final PendingTask task : List.of(first, second, third)) {
            assertTrue(lineage.keep(task));
            assertTrue(task.result().life().hasLineage);
        }
        lineage.released(first.result().id, false);
        lineage.released(second.result().id, false);
        assertEquals(3, lineage.size(), "the third needs them");
        assertEquals(List.of(), deleted);
        lineage.released(third.result().id, false);
        assertEquals(0, lineage.size());
        assertEquals(0, lineage.bytes());
        assertEquals(List.of(large), deleted);
    }

    @Test
    void whatOthersMayRefersToStaysButItsLargeArgumentsDoNot() {
        final PendingTask plain = task(TaskKind.TASK, 3);
        final PendingTask large = task(TaskKind.TASK, 3);
        large.addTemporary(large.id().object(TaskId.FIRST_ARGUMENT_INDEX));
        lineage.keep(plain);
        lineage.keep(large);
        lineage.released(plain.result().id, true);
        lineage.released(large.result().id, true);
        assertNotNull(lineage.find(plain.id()));
        assertNull(lineage.find(large.id()));
        assertEquals(1, deleted.size());
    }

    @Test
    void theOldestAreGivenUp() {
        lineage = new Lineage(SELF, 10_000, deleted::add);
        final List<PendingTask> tasks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tasks.add(task(TaskKind.TASK, 3, new Argument.Value(1, new byte[1_000])));
            lineage.keep(tasks.get(i));
            assertTrue(lineage.bytes() <= 10_000, "bytes=" + lineage.bytes());
        }
        assertNull(lineage.find(tasks.get(0).id()));
        assertNotNull(lineage.find(tasks.get(39).id()));
        assertTrue(lineage.size() >= 5, "size=" + lineage.size());
    }

    @Test
    void aChainOfManyGoesWithoutRecursion() {
        lineage = new Lineage(SELF, 1L << 30, deleted::add);
        PendingTask last = task(TaskKind.TASK, 3);
        lineage.keep(last);
        for (int i = 0; i < 50_000; i++) {
            final PendingTask next = task(TaskKind.TASK, 3, of(last));
            lineage.keep(next);
            lineage.released(last.result().id, false);
            last = next;
        }
        assertEquals(50_001, lineage.size());
        lineage.released(last.result().id, false);
        assertEquals(0, lineage.size());
    }

    @Test
    void retriesAreTakenOnce() {
        final PendingTask task = task(TaskKind.TASK, 2);
        lineage.keep(task);
        final Lineage.Made made = lineage.find(task.id());
        assertTrue(lineage.takeRetry(made));
        assertTrue(lineage.takeRetry(made));
        assertFalse(lineage.takeRetry(made));
    }

    @Test
    void whatIsNeededIsCountedThoughItComesAfterWhatNeedsIt() {
        final PendingTask input = task(TaskKind.TASK, 3);
        final PendingTask dependent = task(TaskKind.TASK, 3, of(input));
        final PendingTask second = task(TaskKind.TASK, 3, of(input));
        lineage.keep(dependent);
        lineage.keep(input);
        lineage.keep(second);
        lineage.released(input.result().id, false);
        lineage.released(dependent.result().id, false);
        assertNotNull(lineage.find(input.id()), "the second needs it");
        lineage.released(second.result().id, false);
        assertEquals(0, lineage.size());
        assertEquals(0, lineage.bytes());
    }

    @Test
    void theOldestThatIsGivenUpTakesNothingAlongThatIsReferenced() {
        final PendingTask input = task(TaskKind.TASK, 3);
        final PendingTask dependent = task(TaskKind.TASK, 3, of(input));
        lineage.keep(dependent);
        lineage.released(dependent.result().id, false);
        lineage.keep(input);
        assertNotNull(lineage.find(input.id()));
        lineage.released(input.result().id, false);
        assertEquals(0, lineage.size());
    }
}
