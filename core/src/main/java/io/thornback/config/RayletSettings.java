/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.time.Duration;
import java.util.List;

/**
 * The node's scheduler.
 *
 * @param maxQueuedTasks most tasks that may wait on this node; more fail
 * @param maxTasksInFlight most tasks of one driver or worker that have not ended; then its submissions wait
 * @param patience how long requests of one kind may get nothing before resources are kept for them
 * @param infeasibleTimeout how long a request that no node can grant may wait; zero: until one can
 * @param memoryThreshold the part of the memory of the host, its cgroup or the workers that may be in use before workers are ended
 * @param memoryInterval how often that is looked at
 * @param heapBytes heap of its JVM
 * @param taskEvents how many of the latest tasks it shows
 */
public record RayletSettings(
        int maxQueuedTasks,
        int maxTasksInFlight,
        Duration patience,
        Duration infeasibleTimeout,
        double memoryThreshold,
        Duration memoryInterval,
        long heapBytes,
        int taskEvents) {

    /** Queue. */
    public static final Setting<Integer> MAX_QUEUED_TASKS = Setting.between(
            "raylet.max-queued-tasks",
            SettingType.INTEGER,
            "100000",
            "1",
            "10000000",
            "Most tasks that may wait on this node; one that comes beyond it fails. raylet.max-tasks-in-flight is what holds a program back.");

    /** Submission. */
    public static final Setting<Integer> MAX_TASKS_IN_FLIGHT = Setting.between(
            "raylet.max-tasks-in-flight",
            SettingType.INTEGER,
            "20000",
            "1",
            "10000000",
            "Most tasks that one program or task may have submitted and that have not ended; then submit() waits for one to end.");

    /** Fairness. */
    public static final Setting<Duration> PATIENCE = Setting.between(
            "raylet.patience",
            SettingType.DURATION,
            "2s",
            "10ms",
            "1h",
            "How long requests of one kind (resources, labels, job) may get nothing while others run, before what comes free is kept"
                    + " for them.");

    /** Infeasible requests. */
    public static final Setting<Duration> INFEASIBLE_TIMEOUT = Setting.between(
            "raylet.infeasible-timeout",
            SettingType.DURATION,
            "0s",
            "0s",
            "24h",
            "How long a task may wait for resources or labels that no node has, until it fails. 0s: it waits until a node has them;"
                    + " its driver's log and thornback status say for what.");

    /** Memory. */
    public static final Setting<Double> MEMORY_THRESHOLD = Setting.between(
            "raylet.memory-threshold",
            SettingType.DECIMAL,
            "0.95",
            "0.1",
            "1",
            "The part of the memory (of the host, its cgroup, or worker.memory-limit) that may be in use before workers are ended: those that are idle,"
                    + " then, at most one a second, the one that began last among those whose task can run again, then among the other tasks, then among actors."
                    + " 1: only for worker.memory-limit.");

    /** Memory. */
    public static final Setting<Duration> MEMORY_INTERVAL = Setting.between(
            "raylet.memory-interval",
            SettingType.DURATION,
            "250ms",
            "10ms",
            "1m",
            "How often the raylet looks how much memory is in use; a quarter as often while that is less than half of what may be.");

    /** Heap. */
    public static final Setting<Long> HEAP =
            Setting.between("raylet.heap", SettingType.SIZE, "128m", "32m", "64g", "Heap of the raylet process.");

    /** Tasks shown. */
    public static final Setting<Integer> TASK_EVENTS = Setting.between(
            "raylet.task-events",
            SettingType.INTEGER,
            "16384",
            "256",
            "1048576",
            "How many of the latest tasks are kept for 'thornback tasks' and 'timeline', 256 bytes of shared memory each.");

    static List<Setting<?>> settings() {
        return List.of(
                MAX_QUEUED_TASKS,
                MAX_TASKS_IN_FLIGHT,
                PATIENCE,
                INFEASIBLE_TIMEOUT,
                MEMORY_THRESHOLD,
                MEMORY_INTERVAL,
                HEAP,
                TASK_EVENTS);
    }

    static RayletSettings from(Configuration values) {
        return new RayletSettings(
                values.get(MAX_QUEUED_TASKS),
                values.get(MAX_TASKS_IN_FLIGHT),
                values.get(PATIENCE),
                values.get(INFEASIBLE_TIMEOUT),
                values.get(MEMORY_THRESHOLD),
                values.get(MEMORY_INTERVAL),
                values.get(HEAP),
                values.get(TASK_EVENTS));
    }
}
