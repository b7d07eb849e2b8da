/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntPredicate;
import org.agrona.concurrent.UnsafeBuffer;

/** The raylet's workers in shared memory, where the raylet writes them. The raylet's agent's. */
public final class WorkerBoard implements AutoCloseable {
    private final SlotFile slots;
    private final Map<Integer, Integer> slotOf = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    private WorkerBoard(final SlotFile slots) {
        this.slots = slots;
        for (int i = 0; i < slots.capacity(); i++) {
            free.addLast(i);
        }
    }

    /**
     * Makes the file.
     *
     * @param shmDir the session's shared memory.
     * @param capacity most workers that are shown.
     */
    public static WorkerBoard create(final Path shmDir, final int capacity) {
        return new WorkerBoard(SlotFile.create(
                ObserveFiles.workers(shmDir), SlotFileDescriptor.WORKERS, WorkerSlotDescriptor.LENGTH, capacity));
    }

    /** Brings a worker up to date. */
    public void put(final WorkerInfo worker) {
        final Integer known = slotOf.get(worker.number());
        final Integer slot = known != null ? known : free.pollFirst();
        if (slot == null) {
            slots.countLost();
            return;
        }
        slotOf.put(worker.number(), slot);
        final int at = slots.begin(slot);
        if (at == SlotFile.IN_USE) {
            return; // never, with one writer
        }
        final UnsafeBuffer buffer = slots.buffer();
        buffer.putLong(at + WorkerSlotDescriptor.PID_OFFSET, worker.pid());
        buffer.putLong(at + WorkerSlotDescriptor.LAUNCHED_NS_OFFSET, worker.launchedNs());
        buffer.putLong(at + WorkerSlotDescriptor.SINCE_NS_OFFSET, worker.sinceNs());
        buffer.putLong(at + WorkerSlotDescriptor.PROCESS_BYTES_OFFSET, worker.processBytes());
        buffer.putInt(at + WorkerSlotDescriptor.NUMBER_OFFSET, worker.number());
        buffer.putInt(at + WorkerSlotDescriptor.STATE_OFFSET, worker.state().code());
        buffer.putInt(at + WorkerSlotDescriptor.JOB_OFFSET, worker.job());
        buffer.putInt(at + WorkerSlotDescriptor.ATTEMPT_OFFSET, worker.attempt());
        if (worker.task().isPresent()) {
            worker.task().get().write(buffer, at + WorkerSlotDescriptor.TASK_ID_OFFSET);
        } else {
            buffer.setMemory(at + WorkerSlotDescriptor.TASK_ID_OFFSET, WorkerSlotDescriptor.TASK_ID_LENGTH, (byte) 0);
        }
        Text.put(buffer, at + WorkerSlotDescriptor.NAME_OFFSET, WorkerSlotDescriptor.NAME_LENGTH, worker.name());
        slots.end(at);
    }

    /** Takes out the workers that are no more. */
    public void retain(final IntPredicate isThere) {
        final Iterator<Map.Entry<Integer, Integer>> each = slotOf.entrySet().iterator();
        while (each.hasNext()) {
            final Map.Entry<Integer, Integer> entry = each.next();
            if (!isThere.test(entry.getKey())) {
                each.remove();
                free.addLast(entry.getValue());
                final int at = slots.begin(entry.getValue());
                if (at != SlotFile.IN_USE) {
                    slots.buffer().putInt(at + WorkerSlotDescriptor.NUMBER_OFFSET, 0);
                    slots.end(at);
                }
            }
        }
    }

    @Override
    public void close() {
        slots.close();
    }
}
