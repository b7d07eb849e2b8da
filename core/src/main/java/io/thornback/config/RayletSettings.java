/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.time.Duration;
import java.util.List;

/**
 * The node's scheduler.
 *
 * @param heartbeat how often it tells the GCS about its resources
 * @param maxQueuedTasks most tasks that may wait on this node; further submissions are held back at the driver
 * @param maxTasksInFlight most tasks of one driver or worker that have not ended; then its submissions wait
 * @param heapBytes heap of its JVM
 * @param taskEvents how many of the latest tasks it shows
 */
public record RayletSettings(
        Duration heartbeat, int maxQueuedTasks, int maxTasksInFlight, long heapBytes, int taskEvents) {

    /** Heartbeat. */
    public static final Setting<Duration> HEARTBEAT = Setting.between(
            "raylet.heartbeat",
            SettingType.DURATION,
            "1s",
            "50ms",
            "1m",
            "How often the raylet tells the GCS that it is alive and what it has to give.");

    /** Queue. */
    public static final Setting<Integer> MAX_QUEUED_TASKS = Setting.between(
            "raylet.max-queued-tasks",
            SettingType.INTEGER,
            "100000",
            "1",
            "10000000",
            "Most tasks that may wait on this node; drivers are held back beyond it.");

    /** Submission. */
    public static final Setting<Integer> MAX_TASKS_IN_FLIGHT = Setting.between(
            "raylet.max-tasks-in-flight",
            SettingType.INTEGER,
            "20000",
            "1",
            "10000000",
            "Most tasks that one program or task may have submitted and that have not ended; then submit() waits for one to end.");

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
        return List.of(HEARTBEAT, MAX_QUEUED_TASKS, MAX_TASKS_IN_FLIGHT, HEAP, TASK_EVENTS);
    }

    static RayletSettings from(Configuration values) {
        return new RayletSettings(
                values.get(HEARTBEAT),
                values.get(MAX_QUEUED_TASKS),
                values.get(MAX_TASKS_IN_FLIGHT),
                values.get(HEAP),
                values.get(TASK_EVENTS));
    }
}
