/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.resources.ResourceSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tasks that wait, in a queue for each scheduling class, so that one that cannot run now does not stand in the way of others
 * that can. Within a class first come, first served. What running tasks have submitted comes before what drivers have: a task that waits for tasks of its own keeps a process, and if its
 * equals went first, each would keep one more before the first could end.
 *
 * <p>The raylet's agent's.
 */
final class TaskQueues {
    /** All that were seen and whose job goes on: how long their tasks took is worth keeping while none waits. */
    private final Map<Key, SchedulingClass> classes = new HashMap<>();
    /** Those in which tasks wait, in the order in which they began to. */
    private final Set<SchedulingClass> waiting = new LinkedHashSet<>();

    private final Set<SchedulingClass> waitingNested = new LinkedHashSet<>();

    private int size;

    private record Key(JobId job, ResourceSet request, boolean nested) {}

    /** What to do with the first task of a class. */
    enum Verdict {
        /** It has been taken: look at the next of its class. */
        TAKEN,
        /** It waits, and those behind it. */
        WAITS
    }

    /** Decides about the first task of a class. */
    interface Visitor {
        Verdict visit(TaskRecord first, SchedulingClass of);
    }

    void add(final TaskRecord task) {
        classOf(task).waiting.addLast(task);
        size++;
    }

    /** A task that ran and must run again goes before those that have not. */
    void addFirst(final TaskRecord task) {
        classOf(task).waiting.addFirst(task);
        size++;
    }

    private SchedulingClass classOf(final TaskRecord task) {
        if (task.schedulingClass == null) {
            task.schedulingClass = classes.computeIfAbsent(
                    new Key(task.job(), task.request, task.nested),
                    key -> new SchedulingClass(key.job(), key.request()));
        }
        (task.nested ? waitingNested : waiting).add(task.schedulingClass);
        return task.schedulingClass;
    }

    /** Shows the first of each class in turn until all wait. */
    void visit(final Visitor visitor) {
        boolean progress = true;
        while (progress) {
            progress = visitOnce(waitingNested, visitor);
            progress |= visitOnce(waiting, visitor);
        }
    }

    private boolean visitOnce(final Set<SchedulingClass> which, final Visitor visitor) {
        boolean progress = false;
        for (final Iterator<SchedulingClass> each = which.iterator(); each.hasNext(); ) {
            final SchedulingClass of = each.next();
            if (visitor.visit(of.waiting.peekFirst(), of) == Verdict.TAKEN) {
                of.waiting.pollFirst();
                size--;
                progress = true;
                if (of.waiting.isEmpty()) {
                    each.remove();
                }
            }
        }
        return progress;
    }

    /** Takes out the tasks that match. */
    List<TaskRecord> removeIf(final Predicate<TaskRecord> which) {
        final List<TaskRecord> removed = new ArrayList<>();
        for (final SchedulingClass of : classes.values()) {
            of.waiting.removeIf(task -> which.test(task) && removed.add(task));
        }
        waiting.removeIf(of -> of.waiting.isEmpty());
        waitingNested.removeIf(of -> of.waiting.isEmpty());
        size -= removed.size();
        return removed;
    }

    /** Drops what waits for a job that is over, and what is known of its tasks. */
    List<TaskRecord> removeJob(final JobId job) {
        final List<TaskRecord> removed = removeIf(task -> task.job().equals(job));
        classes.keySet().removeIf(key -> key.job().equals(job));
        return removed;
    }

    int size() {
        return size;
    }
}
