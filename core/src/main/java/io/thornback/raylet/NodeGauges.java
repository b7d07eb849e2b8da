/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.observe.Counter;
import io.thornback.observe.Counters;
import io.thornback.observe.WorkerBoard;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Links;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks now and then at what is not counted as it happens (queues, workers, what can be granted) and writes it into shared memory: when the raylet has nothing else to do and something
 * has happened since, but not more than once a millisecond, and otherwise every 20 ms. Of the workers only those are written that have changed. The raylet's agent's.
 */
final class NodeGauges {
    private static final long INTERVAL_NS = 20_000_000;
    private static final long LEAST_INTERVAL_NS = 1_000_000;

    private final NodeRecorder recorder;
    private final Dispatcher dispatcher;
    private final WorkerPool pool;
    private final ResourceManager resources;
    private final Links links;
    private final Map<WorkerState, Counter> byState = new EnumMap<>(Map.of(
            WorkerState.STARTING, Counter.WORKERS_STARTING,
            WorkerState.IDLE, Counter.WORKERS_IDLE,
            WorkerState.BUSY, Counter.WORKERS_BUSY,
            WorkerState.BLOCKED, Counter.WORKERS_BLOCKED,
            WorkerState.ACTOR, Counter.WORKERS_ACTOR,
            WorkerState.STOPPING, Counter.WORKERS_STOPPING));
    private final Map<WorkerState, int[]> workersIn = new EnumMap<>(WorkerState.class);
    private long changes;
    private long changesBefore;
    private long changesShown;
    private long lastNs;

    NodeGauges(
            final NodeRecorder recorder,
            final Dispatcher dispatcher,
            final WorkerPool pool,
            final ResourceManager resources,
            final Links links) {
        this.recorder = recorder;
        this.dispatcher = dispatcher;
        this.pool = pool;
        this.resources = resources;
        this.links = links;
        byState.keySet().forEach(state -> workersIn.put(state, new int[1]));
    }

    /** A message has been read, or something else has happened. */
    void changed() {
        changes++;
    }

    /** In each duty cycle; {@code jobs}: how many there are. */
    void duty(final long nowNs, final int jobs) {
        final boolean isQuiet = changes == changesBefore; // nothing has happened since the last cycle
        changesBefore = changes;
        final long least = isQuiet && isBehind() ? LEAST_INTERVAL_NS : INTERVAL_NS;
        if (nowNs - lastNs >= least) {
            changesShown = changes;
            lastNs = nowNs;
            show(nowNs, jobs);
        }
    }

    /** Whether something has happened that is not shown yet. */
    boolean isBehind() {
        return changes != changesShown;
    }

    private void show(final long nowNs, final int jobs) {
        final Counters counters = recorder.counters();
        workersIn.values().forEach(count -> count[0] = 0);
        final WorkerBoard board = recorder.workers();
        for (final WorkerRecord worker : pool.all()) {
            final WorkerInfo info = infoOf(worker);
            workersIn.get(info.state())[0]++;
            if (!info.equals(worker.shown)) {
                board.put(info);
                worker.shown = info;
            }
        }
        board.retain(number -> pool.get(number) != null);
        byState.forEach((state, counter) -> counters.set(counter, workersIn.get(state)[0]));
        counters.set(Counter.TASKS_QUEUED, dispatcher.queued());
        counters.set(Counter.TASKS_RUNNING, dispatcher.running());
        counters.set(Counter.TASKS_AHEAD, dispatcher.ahead());
        counters.set(Counter.JOBS, jobs);
        counters.set(Counter.LANE_BACKLOG, links.backlog());
        counters.set(Counter.MESSAGES, changes);
        counters.set(
                Counter.CPUS_AVAILABLE,
                resources.available().get(ResourceSet.CPU).units());
        counters.set(Counter.CPUS_TOTAL, resources.total().get(ResourceSet.CPU).units());
        counters.updated(nowNs);
    }

    private static WorkerInfo infoOf(final WorkerRecord worker) {
        final TaskRecord task = worker.task();
        return new WorkerInfo(
                worker.number,
                worker.identity == null ? 0 : worker.identity.pid(),
                stateOf(worker),
                worker.job == null ? 0 : worker.job.id().value(),
                task == null ? Optional.empty() : Optional.of(task.id),
                task == null ? "" : task.name,
                task == null ? 0 : task.attempt,
                worker.startedNs,
                worker.state == WorkerRecord.State.STARTING ? worker.startedNs : worker.idleSinceNs,
                worker.processBytes);
    }

    private static WorkerState stateOf(final WorkerRecord worker) {
        return switch (worker.state) {
            case STARTING -> WorkerState.STARTING;
            case IDLE -> WorkerState.IDLE;
            case BUSY -> worker.blocked ? WorkerState.BLOCKED : WorkerState.BUSY;
            case ACTOR -> WorkerState.ACTOR;
            case STOPPING -> WorkerState.STOPPING;
        };
    }
}
