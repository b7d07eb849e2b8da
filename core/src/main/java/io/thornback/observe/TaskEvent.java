/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.ids.TaskId;

/** What is known of a task when it is entered into a {@link TaskLog}. Mutable, so that one can be used for many; one thread. */
public final class TaskEvent {
    TaskId id;
    TaskId parent;
    String name = "";
    String resources = "";
    int kind;
    TaskState state = TaskState.QUEUED;
    int attempt;
    int worker;
    long pid;
    long submittedNs;
    long scheduledNs;
    long startedNs;
    long endedNs;
    long storedNs;

    /** Nothing is known. */
    public TaskEvent() {}

    /**
     * Which task; forgets all that was known of another.
     *
     * @param task its id.
     * @param parentTask what submitted it; null: the driver.
     * @param kindCode 0 task, 1 actor creation, 2 actor call.
     * @param displayName for lists.
     */
    public TaskEvent of(final TaskId task, final TaskId parentTask, final int kindCode, final String displayName) {
        id = task;
        parent = parentTask;
        kind = kindCode;
        name = displayName;
        resources = "";
        attempt = 0;
        worker = 0;
        pid = 0;
        submittedNs = 0;
        scheduledNs = 0;
        startedNs = 0;
        endedNs = 0;
        storedNs = 0;
        return this;
    }

    /** What it asks for. */
    public TaskEvent resources(final String text) {
        resources = text;
        return this;
    }

    /** Where it is. */
    public TaskEvent state(final TaskState now) {
        state = now;
        return this;
    }

    /** Who has it; {@code number} 0: nobody. */
    public TaskEvent worker(final int number, final long processId, final int attemptNumber) {
        worker = number;
        pid = processId;
        attempt = attemptNumber;
        return this;
    }

    /** Before it began; 0: not known. */
    public TaskEvent times(final long submitted, final long scheduled) {
        submittedNs = submitted;
        scheduledNs = scheduled;
        return this;
    }

    /** From its beginning on; 0: not known. */
    public TaskEvent ran(final long started, final long ended, final long stored) {
        startedNs = started;
        endedNs = ended;
        storedNs = stored;
        return this;
    }
}
