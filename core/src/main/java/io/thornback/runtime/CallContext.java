/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.RuntimeContext;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a thread runs: a call, from the time its specification was read until it has returned; or, where it runs none, the process.
 *
 * @param job of the process.
 * @param nodeId hexadecimal digits.
 * @param worker number of the worker; empty in a driver.
 * @param call what runs; null: none.
 */
public record CallContext(JobId job, String nodeId, OptionalInt worker, Call call) implements RuntimeContext {
    private static final ThreadLocal<Call> RUNNING = new ThreadLocal<>();

    /**
     * What a worker makes.
     *
     * @param task id.
     * @param name of it.
     * @param attempt from 1.
     * @param parent the task that submitted it, or null.
     * @param assigned resources; of an actor's call, those of the actor.
     */
    public record Call(TaskId task, String name, int attempt, TaskId parent, Map<String, Double> assigned) {}

    /** The calling thread makes this call from now on; null: it has returned. */
    public static void running(final Call call) {
        if (call == null) {
            RUNNING.remove();
        } else {
            RUNNING.set(call);
        }
    }

    /** What the calling thread runs, or null. */
    static Call running() {
        return RUNNING.get();
    }

    /** The task that the calling thread runs, or null. */
    static TaskId runningTask() {
        final Call call = RUNNING.get();
        return call == null ? null : call.task;
    }

    @Override
    public Optional<TaskId> task() {
        return Optional.ofNullable(call).map(Call::task);
    }

    @Override
    public Optional<ActorId> actor() {
        return task().map(TaskId::actor).filter(ActorId::isActor);
    }

    @Override
    public Optional<TaskId> parentTask() {
        return Optional.ofNullable(call).map(Call::parent);
    }

    @Override
    public String taskName() {
        return call == null ? "" : call.name;
    }

    @Override
    public int attempt() {
        return call == null ? 0 : call.attempt;
    }

    @Override
    public Map<String, Double> assignedResources() {
        return call == null ? Map.of() : call.assigned;
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public boolean isDriver() {
        return worker.isEmpty();
    }
}
