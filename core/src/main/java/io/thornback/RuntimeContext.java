/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Where code runs: of which job, on which node, in which task. A snapshot, of the thread that asked; immutable. */
public interface RuntimeContext {
    /**
     * That of the task or actor that this thread runs; in a driver, that of the connection opened last.
     *
     * @throws ThornbackException if there is none.
     */
    static RuntimeContext current() {
        return Thornback.current().runtimeContext();
    }

    /** The job. */
    JobId job();

    /** The node, as hexadecimal digits. */
    String nodeId();

    /** The task, or call of an actor, that this thread runs; empty in a driver, and on threads that user code has started. */
    Optional<TaskId> task();

    /** The actor whose creation or method this thread runs. */
    Optional<ActorId> actor();

    /** The task that submitted this one; empty if a driver did. */
    Optional<TaskId> parentTask();

    /** What the task is called in errors and lists; empty where there is none. */
    String taskName();

    /** How often the task has been begun, from 1; 0 where there is none. More than 1: a worker died, or it threw what {@link TaskCall#retryOn} names. */
    int attempt();

    /**
     * What the task holds while it runs, by name: {@code cpu}, {@code memory} in bytes, and others; in the call of an actor, what the actor
     * holds. Without what it does not hold.
     */
    Map<String, Double> assignedResources();

    /** The number of the worker, unique while the node lives; empty in a driver. */
    OptionalInt worker();

    /** The process. With a node in this JVM it is the same for all. */
    long pid();

    /** Whether this is the program that opened the connection, and no worker. */
    boolean isDriver();
}
