/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.posix.ProcessIdentity;
import io.thornback.runtime.Outbox;

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

    State state = State.STARTING;
    ProcessIdentity identity;
    Outbox outbox;
    /** Null until its first task; then for good. */
    Job job;
    /** What it runs, or the creation of the actor that it is. */
    TaskRecord task;

    long idleSinceNs;
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

    boolean serves(final JobId id) {
        return job != null && job.id().equals(id);
    }

    boolean isIdle() {
        return state == State.IDLE;
    }

    @Override
    public String toString() {
        return "worker " + number + (identity == null ? "" : " (pid " + identity.pid() + ")");
    }
}
