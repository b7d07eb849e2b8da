/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.ids.TaskId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * A task, actor creation or actor call as a node shows it. Times are nanoseconds of the host's monotonic clock ({@link System#nanoTime}); 0: not yet, or not known.
 *
 * @param id which.
 * @param parent the task that submitted it; empty: the driver.
 * @param kind what it is.
 * @param state where it is.
 * @param name that it was given, or its function's; at most 63 bytes.
 * @param resources what it asks for; at most 63 bytes.
 * @param attempt from 1; 0: it was never given to a worker.
 * @param worker number of the worker; 0: none.
 * @param pid of the worker.
 * @param times of its stages.
 */
public record TaskInfo(
        TaskId id,
        Optional<TaskId> parent,
        Kind kind,
        TaskState state,
        String name,
        String resources,
        int attempt,
        int worker,
        long pid,
        Times times) {

    /** What it is. */
    public enum Kind {
        /** A task. */
        TASK,
        /** The creation of an actor. */
        ACTOR,
        /** A call of an actor. */
        CALL
    }

    /**
     * When.
     *
     * @param submittedNs its owner handed it over.
     * @param scheduledNs the raylet gave it to a worker; of a call: the worker read it.
     * @param startedNs the worker began it.
     * @param endedNs the function returned or threw.
     * @param storedNs its result was in the store, or on its way to the owner.
     */
    public record Times(long submittedNs, long scheduledNs, long startedNs, long endedNs, long storedNs) {}

    /**
     * All that the processes of a node show, in the order of their submission. Reads shared memory; the node may be stuck or dead.
     *
     * @param shmDir the session's shared memory.
     * @throws ObserveException if a file is of another release, or damaged.
     */
    public static List<TaskInfo> list(final Path shmDir) {
        final List<TaskInfo> tasks = new ArrayList<>();
        for (final Path path : ObserveFiles.allTasks(shmDir)) {
            SlotReader.open(path, SlotFileDescriptor.TASKS, TaskSlotDescriptor.LENGTH)
                    .ifPresent(reader -> {
                        try (reader) {
                            final boolean isOwnerAlive = reader.owner().isAlive();
                            reader.forEach(slot -> read(slot, isOwnerAlive).ifPresent(tasks::add));
                        }
                    });
        }
        tasks.sort(Comparator.comparingLong((TaskInfo task) -> task.times.submittedNs));
        return tasks;
    }

    private static Optional<TaskInfo> read(final DirectBuffer slot, final boolean isOwnerAlive) {
        final TaskState state = TaskState.of(slot.getInt(TaskSlotDescriptor.STATE_OFFSET));
        final int kind = slot.getInt(TaskSlotDescriptor.KIND_OFFSET);
        if (state == null || kind < 0 || kind >= Kind.values().length) {
            return Optional.empty(); // not written by this release
        }
        final TaskId parent = TaskId.read(slot, TaskSlotDescriptor.PARENT_ID_OFFSET);
        return Optional.of(new TaskInfo(
                TaskId.read(slot, TaskSlotDescriptor.TASK_ID_OFFSET),
                TaskLog.isTask(parent) ? Optional.of(parent) : Optional.empty(),
                Kind.values()[kind],
                isOwnerAlive || state.isOver() ? state : TaskState.FAILED, // it ended with its process
                Text.get(slot, TaskSlotDescriptor.NAME_OFFSET, TaskSlotDescriptor.NAME_LENGTH),
                Text.get(slot, TaskSlotDescriptor.RESOURCES_OFFSET, TaskSlotDescriptor.RESOURCES_LENGTH),
                slot.getInt(TaskSlotDescriptor.ATTEMPT_OFFSET),
                slot.getInt(TaskSlotDescriptor.WORKER_OFFSET),
                slot.getLong(TaskSlotDescriptor.PID_OFFSET),
                new Times(
                        slot.getLong(TaskSlotDescriptor.SUBMITTED_NS_OFFSET),
                        slot.getLong(TaskSlotDescriptor.SCHEDULED_NS_OFFSET),
                        slot.getLong(TaskSlotDescriptor.STARTED_NS_OFFSET),
                        slot.getLong(TaskSlotDescriptor.ENDED_NS_OFFSET),
                        slot.getLong(TaskSlotDescriptor.STORED_NS_OFFSET))));
    }
}
