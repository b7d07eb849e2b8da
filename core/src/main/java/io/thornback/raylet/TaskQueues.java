/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.scheduling.Requirements;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Tasks that wait, in a queue for each scheduling class, so that one that cannot run now does not stand in the way of others
 * that can. Within a class first come, first served; the classes take turns, and who had the last turn is remembered from one pass to the next: what comes free one at a time goes round too.
 * What running tasks have submitted comes before what drivers have: a task that waits for tasks of its own keeps a process, and if its
 * equals went first, each would keep one more before the first could end.
 *
 * <p>The raylet's agent's.
 */
final class TaskQueues {
    /** Most classes that are known without having a task that waits. */
    static final int MAX_CLASSES = 1_000;

    /** Those that were seen and whose job goes on, the one asked for last at the end: how long their tasks took is worth keeping while none waits. */
    private final Map<Key, SchedulingClass> classes = new LinkedHashMap<>(16, 0.75f, true);
    /** Those in which tasks wait. */
    private final List<SchedulingClass> waiting = new ArrayList<>();

    private final Turns nested = new Turns();
    private final Turns ofDrivers = new Turns();

    private long pass;
    private int size;

    /** The class that was asked for last: one program submits many tasks of one kind in a row, and looking a set of resources up is dear. */
    private Key last;

    private SchedulingClass lastClass;

    private record Key(JobId job, Requirements wanted, RuntimeEnvironment environment, boolean nested) {
        /** Whether it is the task's key, seen without looking into what the two are made of; false may be wrong. */
        @SuppressWarnings("ReferenceEquality") // what is equal and not the same is looked up
        boolean isOf(final TaskRecord task) {
            return wanted == task.wanted
                    && environment == task.environment
                    && nested == task.nested
                    && job.equals(task.job());
        }
    }

    /** What to do with the first task of a class. */
    enum Verdict {
        /** It has been taken: look at the next of its class. */
        TAKEN,
        /** It waits, and those behind it. */
        WAITS
    }

    /** Classes that take turns. */
    private static final class Turns {
        private final List<SchedulingClass> classes = new ArrayList<>();
        private int next;
    }

    /** Decides about the first task of a class. */
    interface Visitor {
        Verdict visit(TaskRecord first, SchedulingClass of);
    }

    void add(final TaskRecord task, final long nowNs) {
        classOf(task, nowNs).waiting.addLast(task);
    }

    /** A task that ran and must run again goes before those that have not. */
    void addFirst(final TaskRecord task, final long nowNs) {
        classOf(task, nowNs).waiting.addFirst(task);
    }

    private SchedulingClass classOf(final TaskRecord task, final long nowNs) {
        if (task.schedulingClass == null) {
            if (last == null || !last.isOf(task)) {
                last = new Key(task.job(), task.wanted, task.environment, task.nested);
                lastClass = classes.computeIfAbsent(last, key -> new SchedulingClass(key.job(), key.wanted()));
                forgetUnused();
            }
            task.schedulingClass = lastClass;
        }
        final SchedulingClass of = task.schedulingClass;
        if (of.waiting.isEmpty()) {
            of.progressNs = nowNs;
            waiting.add(of);
            turnsOf(task).classes.add(of);
        }
        task.queuedNs = nowNs;
        size++;
        return of;
    }

    /** Programs may make up classes without end. Those in which tasks wait stay, so that there are no two of one kind in the queues; so does the one that has just been asked for. */
    private void forgetUnused() {
        final Iterator<SchedulingClass> oldestFirst = classes.values().iterator();
        while (classes.size() > MAX_CLASSES && oldestFirst.hasNext()) {
            final SchedulingClass of = oldestFirst.next();
            if (of != lastClass && of.waiting.isEmpty()) {
                oldestFirst.remove();
            }
        }
    }

    /** How many classes are known. */
    int known() {
        return classes.size();
    }

    /**
     * Shows the first of each class in turn until all wait. A class that waits is not shown again, for during a pass things only grow scarcer; unless {@link #lookAgain}.
     */
    void visit(final long nowNs, final Visitor visitor) {
        final long begun = ++pass;
        visit(nested, nowNs, visitor);
        visit(ofDrivers, nowNs, visitor);
        if (pass != begun) {
            visit(nested, nowNs, visitor);
        }
    }

    private void visit(final Turns turns, final long nowNs, final Visitor visitor) {
        int inTurn = 0;
        while (inTurn < turns.classes.size()) {
            if (turns.next >= turns.classes.size()) {
                turns.next = 0;
            }
            final SchedulingClass of = turns.classes.get(turns.next);
            if (of.waitsInPass != pass && visitor.visit(of.waiting.peekFirst(), of) == Verdict.TAKEN) {
                taken(turns, of, nowNs);
                inTurn = 0;
            } else {
                of.waitsInPass = pass;
                inTurn++;
                turns.next++;
            }
        }
    }

    private void taken(final Turns turns, final SchedulingClass of, final long nowNs) {
        of.waiting.pollFirst();
        of.progressNs = nowNs;
        size--;
        if (of.waiting.isEmpty()) {
            turns.classes.remove(turns.next);
            waiting.remove(of);
        } else {
            turns.next++;
        }
    }

    private Turns turnsOf(final TaskRecord task) {
        return task.nested ? nested : ofDrivers;
    }

    /** Those that waited in this pass are shown once more: something has come free in it. */
    void lookAgain() {
        pass++;
    }

    /** Takes out the tasks that match. */
    List<TaskRecord> removeIf(final Predicate<TaskRecord> which) {
        final List<TaskRecord> removed = new ArrayList<>();
        for (final SchedulingClass of : waiting) {
            of.waiting.removeIf(task -> which.test(task) && removed.add(task));
        }
        waiting.removeIf(of -> of.waiting.isEmpty());
        nested.classes.removeIf(of -> of.waiting.isEmpty());
        ofDrivers.classes.removeIf(of -> of.waiting.isEmpty());
        size -= removed.size();
        return removed;
    }

    /** Forgets what is known of the tasks of a job that is over and of which none waits. */
    void forgetJob(final JobId job) {
        classes.keySet().removeIf(key -> key.job().equals(job));
        last = null;
    }

    /** The classes in which tasks wait. */
    List<SchedulingClass> waiting() {
        return Collections.unmodifiableList(waiting);
    }

    /** Whether tasks of more than one class wait for what this node has. */
    boolean areContended() {
        int feasible = 0;
        for (final SchedulingClass of : waiting) {
            if (of.isFeasible() && ++feasible > 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether a task waits that a worker of this environment could run. */
    boolean waitFor(final RuntimeEnvironment ofProcess) {
        for (final SchedulingClass of : waiting) {
            if (of.waiting.peekFirst().environment.ofProcess().equals(ofProcess)) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return size;
    }
}
