/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.transport.wire.TaskResultsDecoder;
import io.thornback.transport.wire.ValuePlace;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes in the results of tasks that make several objects, which come in as many messages as they need. The agent's. */
final class SeveralResults {
    private final Calls calls;
    private final TaskTable tasks;

    SeveralResults(final Calls calls, final TaskTable tasks) {
        this.calls = calls;
        this.tasks = tasks;
    }

    /** Some have come. Those of an attempt before the one that is known are of a worker that has died, and are dropped. */
    void onResults(final TaskResultsDecoder message, final String worker) {
        final byte[] idBytes = new byte[TaskId.LENGTH];
        message.getTaskId(idBytes, 0, idBytes.length);
        final TaskId id = TaskId.read(new UnsafeBuffer(idBytes), 0);
        final PendingTask task = tasks.get(id);
        if (task == null) {
            return; // A repeat, or it was cancelled.
        }
        final int attempt = message.attempt();
        final ResultParts parts = task.parts(attempt, worker);
        if (parts.attempt() != attempt) {
            return;
        }
        for (final TaskResultsDecoder.ResultsDecoder result : message.results()) {
            final int index = result.index();
            final boolean inline = result.place() == ValuePlace.INLINE;
            final int format = result.format();
            final byte[] value = new byte[result.valueLength()];
            result.getValue(value, 0, value.length);
            parts.add(index, format, inline ? value : null);
        }
        if (parts.isComplete() && tasks.remove(id) != null) { // else it has been cancelled meanwhile
            parts.complete(task.results());
            calls.ended(task);
        }
    }
}
