/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.observe.TaskState;

/** Hears what becomes of tasks. Called on the raylet's agent, in the order in which things happen; returns at once. */
interface TaskObserver {
    /** Notes nothing. */
    TaskObserver NONE = new TaskObserver() {};

    /** The raylet has taken the task on, or is about to refuse it. */
    default void submitted(final TaskRecord task) {}

    /** A worker is given the task. */
    default void scheduled(final TaskRecord task, final WorkerRecord worker, final long nowNs) {}

    /** The worker has ended the task. */
    default void ended(final TaskRecord task, final boolean ok, final Times times) {}

    /** The task's worker died, and the task waits again. */
    default void requeued(final TaskRecord task) {}

    /** A worker had the task and did not begin it; it waits again. */
    default void givenBack(final TaskRecord task) {}

    /** The task is over without having run to its end: {@code FAILED} or {@code CANCELLED}. */
    default void over(final TaskRecord task, final TaskState how) {}

    /**
     * What the worker tells of a task that it ran; nanoseconds of the host's clock.
     *
     * @param startedNs the worker began it.
     * @param endedNs the function returned or threw.
     * @param storedNs its result was on its way.
     */
    record Times(long startedNs, long endedNs, long storedNs) {}
}
