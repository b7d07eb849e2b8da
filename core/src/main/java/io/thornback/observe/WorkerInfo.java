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
 * A worker as a node shows it.
 *
 * @param number which; names its inbox and its logs.
 * @param pid of its process; 0: not known yet.
 * @param state what it does.
 * @param job that it serves; 0: none yet.
 * @param task what it runs, or the creation of the actor that it is.
 * @param name of the task; at most 63 bytes.
 * @param attempt of the task.
 * @param launchedNs when it was launched, by the host's monotonic clock.
 * @param sinceNs when it was given its task, or became idle.
 * @param processBytes what its process may have.
 */
public record WorkerInfo(
        int number,
        long pid,
        WorkerState state,
        int job,
        Optional<TaskId> task,
        String name,
        int attempt,
        long launchedNs,
        long sinceNs,
        long processBytes) {

    /**
     * The workers of a node, by number; what the raylet wrote last. Reads shared memory; the raylet may be stuck or dead.
     *
     * @param shmDir the session's shared memory.
     * @throws ObserveException if the file is of another release, or damaged.
     */
    public static List<WorkerInfo> list(final Path shmDir) {
        final List<WorkerInfo> workers = new ArrayList<>();
        SlotReader.open(ObserveFiles.workers(shmDir), SlotFileDescriptor.WORKERS, WorkerSlotDescriptor.LENGTH)
                .ifPresent(reader -> {
                    try (reader) {
                        reader.forEach(slot -> read(slot).ifPresent(workers::add));
                    }
                });
        workers.sort(Comparator.comparingInt(WorkerInfo::number));
        return workers;
    }

    private static Optional<WorkerInfo> read(final DirectBuffer slot) {
        final int number = slot.getInt(WorkerSlotDescriptor.NUMBER_OFFSET);
        final WorkerState state = WorkerState.of(slot.getInt(WorkerSlotDescriptor.STATE_OFFSET));
        if (number == 0 || state == null) {
            return Optional.empty();
        }
        final TaskId task = TaskId.read(slot, WorkerSlotDescriptor.TASK_ID_OFFSET);
        return Optional.of(new WorkerInfo(
                number,
                slot.getLong(WorkerSlotDescriptor.PID_OFFSET),
                state,
                slot.getInt(WorkerSlotDescriptor.JOB_OFFSET),
                TaskLog.isTask(task) ? Optional.of(task) : Optional.empty(),
                Text.get(slot, WorkerSlotDescriptor.NAME_OFFSET, WorkerSlotDescriptor.NAME_LENGTH),
                slot.getInt(WorkerSlotDescriptor.ATTEMPT_OFFSET),
                slot.getLong(WorkerSlotDescriptor.LAUNCHED_NS_OFFSET),
                slot.getLong(WorkerSlotDescriptor.SINCE_NS_OFFSET),
                slot.getLong(WorkerSlotDescriptor.PROCESS_BYTES_OFFSET)));
    }
}
