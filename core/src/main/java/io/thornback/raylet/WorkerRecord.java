/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.observe.WorkerInfo;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Outbox;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/** What the raylet knows of one worker. The raylet's agent's. */
final class WorkerRecord {
    /**
     * <pre>
     * STARTING ──► IDLE ◄──► BUSY ──► ACTOR
     *     └──────────┴─────────┴────────┴──► STOPPING ──► (gone)
     * </pre>
     */
    enum State {
        STARTING,
        IDLE,
        BUSY,
        ACTOR,
        STOPPING
    }

    final int number;
    final long startedNs;
    /** What its process may have. */
    final long processBytes;

    /** What its process was started with; when it serves a job, with the jars of that. */
    RuntimeEnvironment environment = RuntimeEnvironment.none();

    State state = State.STARTING;
    ProcessIdentity identity;
    Outbox outbox;
    /** Null until its first task; then for good. */
    Job job;
    /** What it was told to run and has not ended, in that order: it runs the first. The creation of the actor that it is. */
    final ArrayDeque<TaskRecord> tasks = new ArrayDeque<>();
    /** What it holds for them; null while it holds nothing. */
    ResourceSet granted;
    /** Whether the CPUs of that are lent to others because its task waits. */
    boolean blocked;
    /** When it began with the first of its tasks, as far as the raylet can tell. */
    long runsSinceNs;
    /** When it was given {@link #granted}. */
    long grantedNs;
    /** The pass of the dispatcher in which it was last sent something ahead. */
    long filledInPass;
    /** Whether it was asked to give back what it has not begun. */
    boolean askedBack;

    /** What its process wrote last, if it ended without having been told to. */
    List<String> lastLines = List.of();
    /** Whether somebody else ended its process with SIGKILL. */
    boolean shot;
    /** Why it was ended, if that was for its memory; completes "worker 3 …". */
    String endedFor;

    long idleSinceNs;
    /** What was last shown of it; null: nothing. */
    WorkerInfo shown;
    /** Whether calls that its process has made have not ended. */
    boolean owes;
    /** Whether it was asked to end by itself. */
    boolean ends;
    /** When it is killed if it does not. */
    long killAtNs;
    /** Whether the actor that it was made for has been created; stays so when it stops. */
    boolean actorAlive;

    WorkerRecord(final int number, final long processBytes, final long startedNs) {
        this.number = number;
        this.processBytes = processBytes;
        this.startedNs = startedNs;
    }

    /** Whether its death ends a task that was counted as running: all but an actor that lives. */
    boolean wasRunning() {
        return !actorAlive;
    }

    /** What it runs, or the creation of the actor that it is; null if nothing. */
    TaskRecord task() {
        return tasks.peekFirst();
    }

    /** One of its tasks; null if it has none of this id. */
    TaskRecord find(final TaskId id) {
        for (final TaskRecord task : tasks) {
            if (task.id.equals(id)) {
                return task;
            }
        }
        return null;
    }

    /** Takes a task off it; null if it has none of this id. */
    TaskRecord remove(final TaskId id) {
        for (final Iterator<TaskRecord> each = tasks.iterator(); each.hasNext(); ) {
            final TaskRecord task = each.next();
            if (task.id.equals(id)) {
                each.remove();
                return task;
            }
        }
        return null;
    }

    boolean serves(final JobId id) {
        return job != null && job.id().equals(id);
    }

    boolean isIdle() {
        return state == State.IDLE;
    }

    /** Whether nothing ends with it. */
    boolean isIdleAndOwesNothing() {
        return isIdle() && !owes;
    }

    @Override
    public String toString() {
        return "worker " + number + (identity == null ? "" : " (pid " + identity.pid() + ")");
    }
}
