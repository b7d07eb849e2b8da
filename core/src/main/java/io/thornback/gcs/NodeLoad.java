/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node says about itself with each heartbeat.
 *
 * @param workers worker processes
 * @param idleWorkers those of them without a task
 * @param runningTasks tasks and actor calls being run
 * @param queuedTasks tasks that wait for resources or a worker
 * @param finishedTasks tasks that ended well since the node started
 * @param failedTasks tasks that failed for good since the node started
 * @param storeUsedBytes of the object store's arena
 * @param storeObjects objects in it
 * @param available resources that are free
 * @param total resources in all; may change while the node runs
 * @param demands what tasks wait for, longest first
 * @param labels the node's labels; may change while the node runs
 */
public record NodeLoad(
        int workers,
        int idleWorkers,
        int runningTasks,
        int queuedTasks,
        long finishedTasks,
        long failedTasks,
        long storeUsedBytes,
        long storeObjects,
        ResourceSet available,
        ResourceSet total,
        List<NodeDemand> demands,
        Map<String, String> labels) {
    /** What is known of a node before its first heartbeat. */
    static NodeLoad unknown(ResourceSet total) {
        return new NodeLoad(0, 0, 0, 0, 0, 0, 0, 0, total, total, List.of(), Map.of());
    }

    public NodeLoad {
        NodeRegistration.requireFew(available);
        NodeRegistration.requireFew(total);
        demands = List.copyOf(demands);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        if (demands.size() > NodeDemand.MAX_DEMANDS) {
            throw new IllegalArgumentException(
                    "too many demands: " + demands.size() + " limit=" + NodeDemand.MAX_DEMANDS);
        }
    }
}
