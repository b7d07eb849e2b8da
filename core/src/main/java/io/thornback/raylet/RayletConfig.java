/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.ResourceSet;
import io.thornback.resources.WorkerSizes;

/**
 * What a raylet is given.
 *
 * @param nodeId hexadecimal digits.
 * @param total what tasks and actors may hold.
 * @param workerSizes how large worker processes are made.
 * @param prestart workers that are started with the node and kept.
 * @param maxWorkers most workers at a time.
 * @param maxStarting most workers that start at a time.
 * @param workerStartTimeoutNs how long a worker may take until it says hello.
 * @param workerIdleTimeoutNs how long a worker beyond the prestarted ones may be idle.
 * @param maxQueuedTasks most tasks that wait here.
 * @param maxTasksInFlight most tasks of one driver that have not ended.
 * @param scheduler labels, patience and the like.
 */
record RayletConfig(
        String nodeId,
        ResourceSet total,
        WorkerSizes workerSizes,
        int prestart,
        int maxWorkers,
        int maxStarting,
        long workerStartTimeoutNs,
        long workerIdleTimeoutNs,
        int maxQueuedTasks,
        int maxTasksInFlight,
        SchedulerConfig scheduler) {}
