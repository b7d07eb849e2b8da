/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** One figure of a node, in its place in {@link CountersDescriptor}. */
public enum Counter {
    /** Tasks and actor creations that the raylet took on. */
    TASKS_SUBMITTED(64, true, "tasks taken on"),
    /** Tasks given to a worker, each attempt. */
    TASKS_SCHEDULED(72, true, "tasks given to a worker"),
    /** Tasks that returned. */
    TASKS_FINISHED(80, true, "tasks that returned"),
    /** Tasks that threw, were refused, or lost their last worker. */
    TASKS_FAILED(88, true, "tasks that failed"),
    /** Attempts that followed another, because its worker died or it threw what is retried. */
    TASKS_RETRIED(96, true, "attempts after another"),
    /** Tasks that were cancelled, or whose job ended first. */
    TASKS_CANCELLED(104, true, "tasks that were cancelled"),
    /** Tasks that wait. */
    TASKS_QUEUED(112, false, "tasks that wait"),
    /** Tasks that workers run. */
    TASKS_RUNNING(120, false, "tasks that workers run"),
    /** Workers that have not said hello. */
    WORKERS_STARTING(128, false, "workers that start"),
    /** Workers without a task. */
    WORKERS_IDLE(136, false, "workers without a task"),
    /** Workers that run a task. */
    WORKERS_BUSY(144, false, "workers that run a task"),
    /** Workers whose task waits for an object. */
    WORKERS_BLOCKED(152, false, "workers whose task waits for an object"),
    /** Workers that are actors. */
    WORKERS_ACTOR(160, false, "workers that are actors"),
    /** Workers that are being ended. */
    WORKERS_STOPPING(168, false, "workers that are being ended"),
    /** Workers that have been launched. */
    WORKERS_STARTED(176, true, "workers launched"),
    /** Workers that ended without being told to. */
    WORKERS_DIED(184, true, "workers that died"),
    /** Actors that are being made, or made again. */
    ACTORS_STARTING(192, false, "actors that start"),
    /** Actors that take calls. */
    ACTORS_ALIVE(200, false, "actors that take calls"),
    /** Actors that are no more. */
    ACTORS_DIED(208, true, "actors that ended"),
    /** Actors made again after the death of their worker. */
    ACTORS_RESTARTED(216, true, "actors made again"),
    /** Jobs whose drivers are attached. */
    JOBS(224, false, "jobs that run"),
    /** Messages that wait for room in the lanes of those they are for. */
    LANE_BACKLOG(232, false, "messages without room in their lane"),
    /** Messages that the raylet has read. */
    MESSAGES(240, true, "messages read"),
    /** CPUs that can be granted, in 1/10,000. */
    CPUS_AVAILABLE(248, false, "CPUs that can be granted, 1/10,000"),
    /** CPUs of the node, in 1/10,000. */
    CPUS_TOTAL(256, false, "CPUs of the node, 1/10,000"),
    /** Tasks that workers have beside those that they run. */
    TASKS_AHEAD(264, false, "tasks that workers have not begun");

    private final int offset;
    private final boolean isTotal;
    private final String text;

    Counter(final int offset, final boolean isTotal, final String text) {
        this.offset = offset;
        this.isTotal = isTotal;
        this.text = text;
    }

    int offset() {
        return offset;
    }

    /** Whether it only grows, so that its growth in a second is a rate. */
    public boolean isTotal() {
        return isTotal;
    }

    /** What it counts, for lists. */
    public String text() {
        return text;
    }

    /** As it is called in JSON: tasksSubmitted. */
    public String jsonName() {
        return CamelCase.of(this);
    }
}
