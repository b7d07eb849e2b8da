/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The latest tasks of a process, in shared memory, newest over oldest: where the owner writes them. Any thread; nothing waits, nothing is allocated for names in ASCII. What
 * happens to a task later is written to its slot, unless newer ones have taken it: then the caller enters the task anew.
 */
public final class TaskLog implements AutoCloseable {
    /** The position of what is in no slot. */
    public static final long NOWHERE = -1;

    private final SlotFile slots;

    private TaskLog(final SlotFile slots) {
        this.slots = slots;
    }

    /**
     * The raylet's.
     *
     * @param shmDir the session's shared memory.
     * @param capacity how many tasks; at most 1,048,576.
     */
    public static TaskLog ofRaylet(final Path shmDir, final int capacity) {
        return create(ObserveFiles.rayletTasks(shmDir), capacity);
    }

    /** A worker's, for the calls of the actor that it is. */
    public static TaskLog ofWorker(final Path shmDir, final int worker, final int capacity) {
        return create(ObserveFiles.workerTasks(shmDir, worker), capacity);
    }

    private static TaskLog create(final Path path, final int capacity) {
        return new TaskLog(SlotFile.create(path, SlotFileDescriptor.TASKS, TaskSlotDescriptor.LENGTH, capacity));
    }

    /** Removes the file of a worker that is no more, if it made one; whoever reads it reads on. */
    public static void deleteOfWorker(final Path shmDir, final int worker) {
        try {
            Files.deleteIfExists(ObserveFiles.workerTasks(shmDir, worker));
        } catch (final IOException e) {
            throw new ObserveException("cannot delete " + ObserveFiles.workerTasks(shmDir, worker) + ": " + e, e);
        }
    }

    private int slotOf(final long position) {
        return (int) (position % slots.capacity());
    }

    /** Enters a task; gives its position, or {@link #NOWHERE}. */
    public long append(final TaskEvent event) {
        final long position = slots.nextPosition();
        final int at = slots.begin(slotOf(position));
        if (at == SlotFile.IN_USE) {
            slots.countLost();
            return NOWHERE;
        }
        final UnsafeBuffer buffer = slots.buffer();
        buffer.putLong(at + TaskSlotDescriptor.POSITION_OFFSET, position);
        event.id.write(buffer, at + TaskSlotDescriptor.TASK_ID_OFFSET);
        putParent(buffer, at + TaskSlotDescriptor.PARENT_ID_OFFSET, event.parent);
        buffer.putLong(at + TaskSlotDescriptor.SUBMITTED_NS_OFFSET, event.submittedNs);
        buffer.putLong(at + TaskSlotDescriptor.SCHEDULED_NS_OFFSET, event.scheduledNs);
        buffer.putLong(at + TaskSlotDescriptor.STARTED_NS_OFFSET, event.startedNs);
        buffer.putLong(at + TaskSlotDescriptor.ENDED_NS_OFFSET, event.endedNs);
        buffer.putLong(at + TaskSlotDescriptor.STORED_NS_OFFSET, event.storedNs);
        buffer.putLong(at + TaskSlotDescriptor.PID_OFFSET, event.pid);
        buffer.putInt(at + TaskSlotDescriptor.WORKER_OFFSET, event.worker);
        buffer.putInt(at + TaskSlotDescriptor.ATTEMPT_OFFSET, event.attempt);
        buffer.putInt(at + TaskSlotDescriptor.KIND_OFFSET, event.kind);
        buffer.putInt(at + TaskSlotDescriptor.STATE_OFFSET, event.state.code());
        Text.put(buffer, at + TaskSlotDescriptor.NAME_OFFSET, TaskSlotDescriptor.NAME_LENGTH, event.name);
        Text.put(
                buffer, at + TaskSlotDescriptor.RESOURCES_OFFSET, TaskSlotDescriptor.RESOURCES_LENGTH, event.resources);
        slots.end(at);
        return position;
    }

    private static void putParent(final UnsafeBuffer buffer, final int offset, final TaskId parent) {
        if (parent == null) {
            buffer.setMemory(offset, TaskSlotDescriptor.PARENT_ID_LENGTH, (byte) 0);
        } else {
            parent.write(buffer, offset);
        }
    }

    /** The slot of what was entered at this position, ready to be written; {@link SlotFile#IN_USE} if it is another's by now. */
    private int reopen(final long position) {
        if (position < 0) {
            return SlotFile.IN_USE;
        }
        final int at = slots.begin(slotOf(position));
        if (at == SlotFile.IN_USE) {
            return at;
        }
        if (slots.buffer().getLong(at + TaskSlotDescriptor.POSITION_OFFSET) != position) {
            slots.end(at); // its sequence has moved, its contents have not
            return SlotFile.IN_USE;
        }
        return at;
    }

    /** A worker has been given the task; false if the slot is another's by now. */
    public boolean running(
            final long position, final int worker, final long pid, final int attempt, final long scheduledNs) {
        final int at = reopen(position);
        if (at == SlotFile.IN_USE) {
            return false;
        }
        final UnsafeBuffer buffer = slots.buffer();
        buffer.putLong(at + TaskSlotDescriptor.SCHEDULED_NS_OFFSET, scheduledNs);
        buffer.putLong(at + TaskSlotDescriptor.STARTED_NS_OFFSET, 0);
        buffer.putLong(at + TaskSlotDescriptor.PID_OFFSET, pid);
        buffer.putInt(at + TaskSlotDescriptor.WORKER_OFFSET, worker);
        buffer.putInt(at + TaskSlotDescriptor.ATTEMPT_OFFSET, attempt);
        buffer.putInt(at + TaskSlotDescriptor.STATE_OFFSET, TaskState.RUNNING.code());
        slots.end(at);
        return true;
    }

    /** The task has run; false if the slot is another's by now. */
    public boolean ended(
            final long position, final TaskState state, final long startedNs, final long endedNs, final long storedNs) {
        final int at = reopen(position);
        if (at == SlotFile.IN_USE) {
            return false;
        }
        final UnsafeBuffer buffer = slots.buffer();
        buffer.putLong(at + TaskSlotDescriptor.STARTED_NS_OFFSET, startedNs);
        buffer.putLong(at + TaskSlotDescriptor.ENDED_NS_OFFSET, endedNs);
        buffer.putLong(at + TaskSlotDescriptor.STORED_NS_OFFSET, storedNs);
        buffer.putInt(at + TaskSlotDescriptor.STATE_OFFSET, state.code());
        slots.end(at);
        return true;
    }

    /** The task waits again, and no worker has it, or is over without a result; false if the slot is another's by now. */
    public boolean state(final long position, final TaskState state) {
        final int at = reopen(position);
        if (at == SlotFile.IN_USE) {
            return false;
        }
        final UnsafeBuffer buffer = slots.buffer();
        if (state == TaskState.QUEUED) {
            buffer.putLong(at + TaskSlotDescriptor.SCHEDULED_NS_OFFSET, 0);
            buffer.putLong(at + TaskSlotDescriptor.PID_OFFSET, 0);
            buffer.putInt(at + TaskSlotDescriptor.WORKER_OFFSET, 0);
        }
        buffer.putInt(at + TaskSlotDescriptor.STATE_OFFSET, state.code());
        slots.end(at);
        return true;
    }

    @Override
    public void close() {
        slots.close();
    }

    /** Whether it is an id at all. */
    static boolean isTask(final TaskId id) {
        return id.unique() != 0 || id.actor().low() != 0 || !id.actor().equals(ActorId.none(id.job()));
    }
}
