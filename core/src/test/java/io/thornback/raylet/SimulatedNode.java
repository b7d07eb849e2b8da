/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.labels.LabelManager;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Policies;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The scheduler's parts with a clock that the test moves, and as many workers as are wanted: tasks run for the time that is in their name. What the {@link Dispatcher} does with processes and messages
 * is left out; in what order it asks policy, reservations and grants is the same.
 */
final class SimulatedNode {
    static final JobId JOB = new JobId(1);
    static final long PATIENCE_NS = 2_000_000_000L;

    final ResourceManager resources;
    final LabelManager labels = new LabelManager("ab", Map.of());
    final Grants grants;
    final TaskQueues queues = new TaskQueues();
    final Fairness fairness = new Fairness(PATIENCE_NS);
    final NodePlacement placement;
    final List<Running> running = new ArrayList<>();
    long nowNs = 1;
    int started;
    int ended;
    private int lastWorker;

    /** A task on a worker, until when. */
    record Running(WorkerRecord worker, TaskRecord task, long endNs) {
        boolean isActor() {
            return endNs == Long.MAX_VALUE;
        }
    }

    SimulatedNode(final ResourceSet total, final long seed) {
        resources = new ResourceManager(total, () -> nowNs);
        grants = new Grants(resources);
        placement = new NodePlacement("ab", resources, labels, new Policies(seed));
    }

    /** Adds a task that runs for so long; {@code Long.MAX_VALUE}: an actor. */
    TaskRecord submit(final Requirements wanted, final long durationNs) {
        final TaskRecord task = new TaskRecord(
                TaskId.create(JOB),
                TaskKind.TASK,
                Long.toString(durationNs),
                "driver-1",
                wanted,
                0,
                new TaskRecord.Spec(ValuePlace.INLINE, new byte[0], new byte[0]));
        queues.add(task, nowNs);
        return task;
    }

    TaskRecord submit(final ResourceSet request, final long durationNs) {
        return submit(Requirements.of(request), durationNs);
    }

    void dispatch() {
        grants.payDebts();
        fairness.update(nowNs, queues.waiting(), resources, this::heldByActors);
        queues.visit(nowNs, (task, of) -> {
            if (!placement.decide(of).isFeasible() || !fairness.mayTake(of, resources) || !grants.fits(task.request)) {
                return TaskQueues.Verdict.WAITS;
            }
            if (fairness.holdsFor(of)) {
                queues.lookAgain();
            }
            start(task);
            return TaskQueues.Verdict.TAKEN;
        });
    }

    private void start(final TaskRecord task) {
        final WorkerRecord worker = new WorkerRecord(++lastWorker, 0, nowNs);
        if (!grants.give(worker, task.request)) {
            throw new IllegalStateException("what fits is granted: " + task.request + " of " + resources.available());
        }
        worker.tasks.add(task);
        final long duration = Long.parseLong(task.name);
        running.add(new Running(worker, task, duration == Long.MAX_VALUE ? Long.MAX_VALUE : nowNs + duration));
        started++;
    }

    private ResourceSet heldByActors() {
        ResourceSet held = ResourceSet.EMPTY;
        for (final Running each : running) {
            if (each.isActor()) {
                held = held.plus(each.task().request);
            }
        }
        return held;
    }

    /** Moves the clock; what ends by then ends, and what can start then starts. */
    void advance(final long byNs) {
        nowNs += byNs;
        for (final Running each : List.copyOf(running)) {
            if (each.endNs() <= nowNs) {
                end(each);
            }
        }
        dispatch();
    }

    /** The task has ended, or its worker has died. */
    void end(final Running each) {
        running.remove(each);
        grants.takeBack(each.worker());
        ended++;
    }

    /** Checks that what is in use is what the workers hold, and that nothing is negative. */
    void checkSums() {
        ResourceSet held = ResourceSet.EMPTY;
        for (final Running each : running) {
            final ResourceSet granted = each.worker().granted;
            final ResourceSet lent = ResourceSet.EMPTY.with(ResourceSet.CPU, granted.get(ResourceSet.CPU));
            held = held.plus(each.worker().blocked ? granted.minus(lent) : granted);
        }
        if (!held.equals(resources.inUse())) {
            throw new AssertionError("held " + held + ", in use " + resources.inUse());
        }
        final ResourceSet sum = resources.inUse().plus(resources.available());
        if (!sum.equals(resources.total().plus(resources.overcommitted()))) {
            throw new AssertionError("in use and available are " + sum + " of " + resources.total() + " and "
                    + resources.overcommitted() + " too much");
        }
    }
}
