/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of tasks in the table when the node stops, and when one is run again. */
class TaskTableTest {
    private static final JobId JOB = new JobId(3);
    private static final Failure STOPPED = new Failure(Code.NODE_STOPPED, "the node has stopped", null);

    private final TaskTable tasks = new TaskTable(1);

    private static PendingTask task() {
        final TaskId id = TaskId.create(JOB);
        final ObjectId result = id.object(TaskId.RESULT_INDEX);
        final ObjectEntry entry = new ObjectEntry(result, new ObjectEntry.ObjectLife(result, new UnseenFailures()));
        return new PendingTask(id, "task", List.of(entry), List.of(), new ArrayList<>());
    }

    @Test
    void whatIsAddedAfterTheNodeHasStoppedFailsToo() {
        final PendingTask before = task();
        tasks.enter(0);
        tasks.add(before);
        tasks.stop(STOPPED);
        assertEquals(STOPPED, before.result().failure());
        final PendingTask after = task();
        tasks.enter(0);
        tasks.add(after);
        assertTrue(after.result().isDone(), "else it would wait for ever");
        assertEquals(STOPPED, after.result().failure());
        assertEquals(0, tasks.size());
        tasks.enter(0); // their places are free
    }

    @Test
    void aTaskThatIsRunAgainIsNotTheOneThatItsReferenceCancels() {
        final PendingTask again = task();
        again.rerun(new Call(new CallRequest(TaskKind.TASK, ActorId.none(JOB)), null, again));
        tasks.add(again);
        assertNull(tasks.removeFirstRun(again.id()));
        assertSame(again, tasks.get(again.id()));
        final PendingTask first = task();
        tasks.enter(0);
        tasks.add(first);
        assertSame(first, tasks.removeFirstRun(first.id()));
        tasks.enter(0);
        assertNull(tasks.removeFirstRun(first.id()));
        assertFalse(first.result().isDone());
    }
}
