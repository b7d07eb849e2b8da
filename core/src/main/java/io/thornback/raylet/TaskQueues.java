/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.resources.ResourceSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Tasks that wait, in a queue for each job and size of request, so that one that cannot run now does not stand in the way of others
 * that can. Within a queue first come, first served. The raylet's agent's.
 */
final class TaskQueues {
    private final Map<Key, ArrayDeque<TaskRecord>> queues = new LinkedHashMap<>();
    private int size;

    private record Key(JobId job, ResourceSet request) {}

    /** What to do with the first task of a queue. */
    enum Verdict {
        /** It has been taken: look at the next of its queue. */
        TAKEN,
        /** It waits, and those behind it. */
        WAITS
    }

    /** Decides about the first task of a queue; may look at how many there are behind it. */
    interface Visitor {
        Verdict visit(TaskRecord first, int queueLength);
    }

    void add(final TaskRecord task) {
        queues.computeIfAbsent(new Key(task.job(), task.request), k -> new ArrayDeque<>())
                .addLast(task);
        size++;
    }

    /** A task that ran and must run again goes before those that have not. */
    void addFirst(final TaskRecord task) {
        queues.computeIfAbsent(new Key(task.job(), task.request), k -> new ArrayDeque<>())
                .addFirst(task);
        size++;
    }

    /** Shows the first of each queue in turn until all wait. */
    void visit(final Visitor visitor) {
        boolean progress = true;
        while (progress) {
            progress = false;
            final Iterator<ArrayDeque<TaskRecord>> each = queues.values().iterator();
            while (each.hasNext()) {
                final ArrayDeque<TaskRecord> queue = each.next();
                if (visitor.visit(queue.peekFirst(), queue.size()) == Verdict.TAKEN) {
                    queue.pollFirst();
                    size--;
                    progress = true;
                    if (queue.isEmpty()) {
                        each.remove();
                    }
                }
            }
        }
    }

    /** Takes out the tasks that match. */
    List<TaskRecord> removeIf(final Predicate<TaskRecord> which) {
        final List<TaskRecord> removed = new ArrayList<>();
        for (final ArrayDeque<TaskRecord> queue : queues.values()) {
            queue.removeIf(task -> which.test(task) && removed.add(task));
        }
        queues.values().removeIf(ArrayDeque::isEmpty);
        size -= removed.size();
        return removed;
    }

    int size() {
        return size;
    }
}
