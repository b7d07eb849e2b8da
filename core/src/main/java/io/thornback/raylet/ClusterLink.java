/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.NodeDemand;
import io.thornback.resources.ResourceSet;
import java.util.List;
import java.util.Map;

/** What the raylet tells the cluster. Its methods return at once; the raylet's agent's. */
public interface ClusterLink {
    /**
     * How busy the node is.
     *
     * @param workers all of them.
     * @param idleWorkers those that wait for a task.
     * @param running tasks that run.
     * @param queued tasks that wait.
     * @param finished tasks that ended well since the start.
     * @param failed tasks that did not.
     * @param available what could be granted now.
     * @param total what there is in all.
     * @param demands what tasks wait for.
     * @param labels the node's.
     * @param draining whether it finishes what it has and takes no more.
     */
    record Load(
            int workers,
            int idleWorkers,
            int running,
            int queued,
            long finished,
            long failed,
            ResourceSet available,
            ResourceSet total,
            List<NodeDemand> demands,
            Map<String, String> labels,
            boolean draining) {}

    /** How often the cluster wants to hear that the node lives, in nanoseconds. */
    long heartbeatNs();

    /** The upper 16 bits of the numbers of this node's jobs. */
    int jobBlock();

    /** The node lives. */
    void heartbeat(Load load);

    /** A job has begun. */
    void jobStarted(Job job);

    /** A job is over. */
    void jobEnded(Job job, long endedMs);
}
