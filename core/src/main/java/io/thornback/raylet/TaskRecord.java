/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.observe.TaskLog;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;

/** A task or actor creation that this raylet has taken on, until it has ended. The raylet's agent's. */
final class TaskRecord {
    final TaskId id;
    final TaskKind kind;
    final String name;
    final String ownerInbox;
    final Requirements wanted;
    /** The resources of {@link #wanted}. */
    final ResourceSet request;

    final int maxRetries;
    final ValuePlace specPlace;
    final byte[] spec;
    /** Whether a task submitted it, or an actor, rather than a driver. */
    boolean nested;
    /** Set when it first waits. */
    SchedulingClass schedulingClass;
    /** Of an actor's creation, opaque to the scheduler; else empty. */
    final byte[] actorOptions;
    /** The task that submitted it; null: the driver. */
    TaskId parent;
    /** When its owner handed it over, by the host's clock. */
    long submittedNs;
    /** When a worker was given it last. */
    long scheduledNs;
    /** Where the log of tasks has it. */
    long logPosition = TaskLog.NOWHERE;
    /** When it came here, or came back. */
    long queuedNs;
    /** What it asks for of its worker, encoded; empty: the job's. */
    String environmentText = "";
    /** What that is; set when it is taken on. */
    RuntimeEnvironment environment = RuntimeEnvironment.none();
    /** From 1; 0 while it has not run. */
    int attempt;
    /** Its owner does not want it any more: it is not run again. */
    boolean cancelled;
    /** And its worker's process is to be killed if it runs it. */
    boolean forced;

    TaskRecord(
            final TaskId id,
            final TaskKind kind,
            final String name,
            final String ownerInbox,
            final Requirements wanted,
            final int maxRetries,
            final Spec spec) {
        this.id = id;
        this.kind = kind;
        this.name = name;
        this.ownerInbox = ownerInbox;
        this.wanted = wanted;
        this.request = wanted.resources();
        this.maxRetries = maxRetries;
        this.specPlace = spec.place();
        this.spec = spec.bytes();
        this.actorOptions = spec.actorOptions();
    }

    /**
     * What to call with what, opaque to the raylet.
     *
     * @param place whether the bytes are here or in the store.
     * @param bytes empty if they are in the store.
     * @param actorOptions of an actor's creation; else empty.
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
    record Spec(ValuePlace place, byte[] bytes, byte[] actorOptions) {}

    /** Memory that it named, in bytes; 0: none. */
    long memoryBytes() {
        return request.get(ResourceSet.MEMORY).units() / ResourceAmount.UNITS_PER_WHOLE;
    }

    JobId job() {
        return id.job();
    }

    ActorId actor() {
        return id.actor();
    }

    @Override
    public String toString() {
        return "task " + id + " " + name;
    }
}
