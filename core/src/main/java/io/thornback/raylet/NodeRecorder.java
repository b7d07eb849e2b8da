/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.observe.ActorBoard;
import io.thornback.observe.ActorInfo;
import io.thornback.observe.ActorPhase;
import io.thornback.observe.Counter;
import io.thornback.observe.Counters;
import io.thornback.observe.Latency;
import io.thornback.observe.TaskEvent;
import io.thornback.observe.TaskLog;
import io.thornback.observe.TaskState;
import io.thornback.observe.WorkerBoard;
import io.thornback.transport.wire.ActorState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes into shared memory what the raylet does, for those who look from outside ({@code io.thornback.observe}). The raylet's agent's, but for {@link #create} and {@link #close}.
 */
final class NodeRecorder implements TaskObserver, AutoCloseable {
    private static final int MAX_ACTORS = 4_096;
    /** Dead workers whose calls can still be looked at. */
    private static final int MAX_DEAD_WORKERS = 16;

    private final Path shmDir;
    private final Counters counters;
    private final TaskLog tasks;
    private final ActorBoard actors;
    private final WorkerBoard workers;
    private final TaskEvent event = new TaskEvent();
    private final Map<ActorId, Born> born = new HashMap<>();
    private final Deque<Integer> deadWorkers = new ArrayDeque<>();

    /** What is told once of an actor. */
    private static final class Born {
        final String what;
        final long createdNs;
        ActorPhase phase = ActorPhase.STARTING;
        int restarts;

        Born(final String what, final long createdNs) {
            this.what = what;
            this.createdNs = createdNs;
        }
    }

    private NodeRecorder(
            final Path shmDir,
            final Counters counters,
            final TaskLog tasks,
            final ActorBoard actors,
            final WorkerBoard workers) {
        this.shmDir = shmDir;
        this.counters = counters;
        this.tasks = tasks;
        this.actors = actors;
        this.workers = workers;
    }

    /**
     * Makes the files.
     *
     * @param shmDir the session's shared memory.
     * @param taskEvents how many of the latest tasks are kept.
     * @param maxWorkers most workers that are shown.
     */
    static NodeRecorder create(final Path shmDir, final int taskEvents, final int maxWorkers) {
        return new NodeRecorder(
                shmDir,
                Counters.create(shmDir),
                TaskLog.ofRaylet(shmDir, taskEvents),
                ActorBoard.create(shmDir, MAX_ACTORS),
                WorkerBoard.create(shmDir, maxWorkers));
    }

    Counters counters() {
        return counters;
    }

    WorkerBoard workers() {
        return workers;
    }

    @Override
    public void submitted(final TaskRecord task) {
        counters.add(Counter.TASKS_SUBMITTED, 1);
        task.logPosition = append(task, TaskState.QUEUED, null, null);
    }

    private long append(
            final TaskRecord task, final TaskState state, final WorkerRecord worker, final TaskObserver.Times times) {
        event.of(task.id, task.parent, task.kind.value(), task.name)
                .resources(task.request.text())
                .state(state)
                .times(task.submittedNs, task.scheduledNs)
                .worker(worker == null ? 0 : worker.number, pidOf(worker), task.attempt);
        if (times != null) {
            event.ran(times.startedNs(), times.endedNs(), times.storedNs());
        }
        return tasks.append(event);
    }

    private static long pidOf(final WorkerRecord worker) {
        return worker == null || worker.identity == null ? 0 : worker.identity.pid();
    }

    @Override
    public void scheduled(final TaskRecord task, final WorkerRecord worker, final long nowNs) {
        task.scheduledNs = nowNs;
        counters.add(Counter.TASKS_SCHEDULED, 1);
        if (!tasks.running(task.logPosition, worker.number, pidOf(worker), task.attempt, nowNs)) {
            task.logPosition = append(task, TaskState.RUNNING, worker, null);
        }
    }

    @Override
    public void ended(final TaskRecord task, final boolean ok, final TaskObserver.Times times) {
        final TaskState state = ok ? TaskState.FINISHED : task.cancelled ? TaskState.CANCELLED : TaskState.FAILED;
        count(state);
        if (!tasks.ended(task.logPosition, state, times.startedNs(), times.endedNs(), times.storedNs())) {
            task.logPosition = append(task, state, null, times);
        }
        counters.record(Latency.SUBMITTED_TO_SCHEDULED, task.submittedNs, task.scheduledNs);
        counters.record(Latency.SCHEDULED_TO_STARTED, task.scheduledNs, times.startedNs());
        counters.record(Latency.STARTED_TO_ENDED, times.startedNs(), times.endedNs());
        counters.record(Latency.ENDED_TO_STORED, times.endedNs(), times.storedNs());
        counters.record(Latency.SUBMITTED_TO_STORED, task.submittedNs, times.storedNs());
    }

    private void count(final TaskState over) {
        counters.add(
                switch (over) {
                    case FINISHED -> Counter.TASKS_FINISHED;
                    case CANCELLED -> Counter.TASKS_CANCELLED;
                    default -> Counter.TASKS_FAILED;
                },
                1);
    }

    @Override
    public void requeued(final TaskRecord task) {
        counters.add(Counter.TASKS_RETRIED, 1);
        givenBack(task);
    }

    @Override
    public void givenBack(final TaskRecord task) {
        if (!tasks.state(task.logPosition, TaskState.QUEUED)) {
            task.logPosition = append(task, TaskState.QUEUED, null, null);
        }
    }

    @Override
    public void over(final TaskRecord task, final TaskState how) {
        if (task.logPosition == TaskLog.NOWHERE) {
            counters.add(Counter.TASKS_SUBMITTED, 1); // refused before it was taken on
        }
        count(how);
        if (!tasks.state(task.logPosition, how)) {
            task.logPosition = append(task, how, null, null);
        }
    }

    /** A worker is no more. Its calls are kept for a while. */
    void workerGone(final int number, final boolean isExpected) {
        if (!isExpected) {
            counters.add(Counter.WORKERS_DIED, 1);
        }
        deadWorkers.addLast(number);
        if (deadWorkers.size() > MAX_DEAD_WORKERS) {
            TaskLog.deleteOfWorker(shmDir, deadWorkers.pollFirst());
        }
    }

    /** An actor has been asked for. */
    void actorAsked(final TaskRecord creation, final String name) {
        final long nowNs = System.nanoTime();
        final Born actor = new Born(creation.name, nowNs);
        born.put(creation.actor(), actor);
        counters.set(Counter.ACTORS_STARTING, counters.get(Counter.ACTORS_STARTING) + 1);
        actors.put(new ActorInfo(creation.actor(), ActorPhase.STARTING, name, actor.what, 0, 0, 0, nowNs, nowNs, ""));
    }

    /** There is news of an actor. */
    void actorChanged(final ActorDirectory.Actor news) {
        final long nowNs = System.nanoTime();
        final Born actor = born.get(news.id);
        final ActorPhase phase = phaseOf(news.state);
        if (actor == null || (phase == actor.phase && news.restarts == actor.restarts)) {
            return; // dead before, or nothing new
        }
        gauge(actor.phase, -1);
        gauge(phase, 1);
        counters.add(Counter.ACTORS_RESTARTED, news.restarts - actor.restarts);
        actor.restarts = news.restarts;
        if (phase == ActorPhase.DEAD) {
            born.remove(news.id);
            counters.add(Counter.ACTORS_DIED, 1);
        }
        actor.phase = phase;
        final WorkerRecord worker = phase == ActorPhase.ALIVE ? news.worker : null;
        final String who = news.toString();
        final String reason = news.message.startsWith(who)
                ? news.message.substring(who.length()).replaceFirst("^:? ", "")
                : news.message;
        actors.put(new ActorInfo(
                news.id,
                phase,
                news.name,
                actor.what,
                worker == null ? 0 : worker.number,
                pidOf(worker),
                actor.restarts,
                actor.createdNs,
                nowNs,
                phase == ActorPhase.DEAD ? reason : ""));
    }

    private static ActorPhase phaseOf(final ActorState state) {
        return switch (state) {
            case ALIVE -> ActorPhase.ALIVE;
            case STARTING -> ActorPhase.STARTING;
            case RESTARTING -> ActorPhase.RESTARTING;
            default -> ActorPhase.DEAD;
        };
    }

    private void gauge(final ActorPhase phase, final int change) {
        if (phase == ActorPhase.ALIVE) {
            counters.set(Counter.ACTORS_ALIVE, counters.get(Counter.ACTORS_ALIVE) + change);
        } else if (phase != ActorPhase.DEAD) {
            counters.set(Counter.ACTORS_STARTING, counters.get(Counter.ACTORS_STARTING) + change);
        }
    }

    @Override
    public void close() {
        counters.close();
        tasks.close();
        actors.close();
        workers.close();
    }
}
