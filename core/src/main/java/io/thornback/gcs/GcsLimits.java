/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetLimits;

/**
 * The times and table sizes of the GCS.
 *
 * @param heartbeatMs how often a node reports
 * @param suspectAfterMs silence after which a node is SUSPECTED
 * @param deadAfterMs silence after which it is DEAD, for good
 * @param keepDeadMs how long a dead node stays in the table for people to see
 * @param keepFinishedMs how long a finished job stays
 * @param maxNodes nodes that are not dead
 * @param maxDeadNodes dead nodes in the table; the oldest go first
 * @param maxJobs jobs in the table; the oldest finished ones go first
 * @param inboxCapacity messages from the network that wait for the agent
 */
public record GcsLimits(
        int heartbeatMs,
        int suspectAfterMs,
        int deadAfterMs,
        long keepDeadMs,
        long keepFinishedMs,
        int maxNodes,
        int maxDeadNodes,
        int maxJobs,
        int inboxCapacity) {

    /** Heartbeat 1 s, suspected after 3 s, dead after 10 s; 1,000 nodes, 1,000 jobs. */
    public static final GcsLimits DEFAULT =
            new GcsLimits(1_000, 3_000, 10_000, 600_000, 3_600_000, 1_000, 100, 1_000, 1_024);

    /** Tools, and nodes that come back while their old connections have not been noticed to be gone. */
    private static final int CONNECTIONS_BESIDE_NODES = 64;

    /** Most of {@link #heartbeatMs}: a node that reports less often than each minute cannot be told from one that is gone. */
    static final int MAX_HEARTBEAT_MS = 60_000;

    public GcsLimits {
        requireHeartbeat(heartbeatMs);
        if (suspectAfterMs <= heartbeatMs || deadAfterMs <= suspectAfterMs) {
            throw new IllegalArgumentException("need 0 < heartbeatMs=" + heartbeatMs + " < suspectAfterMs="
                    + suspectAfterMs + " < deadAfterMs=" + deadAfterMs);
        }
        if (maxNodes > NetLimits.MOST_CONNECTIONS - CONNECTIONS_BESIDE_NODES) {
            throw new IllegalArgumentException("maxNodes=" + maxNodes + " are more than there may be connections");
        }
        if (Math.min(maxNodes, maxJobs) < 1 || maxDeadNodes < 0 || inboxCapacity < 2) {
            throw new IllegalArgumentException("tables need room: maxNodes=" + maxNodes + " maxJobs=" + maxJobs
                    + " maxDeadNodes=" + maxDeadNodes + " inboxCapacity=" + inboxCapacity);
        }
    }

    /** @throws IllegalArgumentException if no GCS has nodes report that often */
    static void requireHeartbeat(int heartbeatMs) {
        if (heartbeatMs < 1 || heartbeatMs > MAX_HEARTBEAT_MS) {
            throw new IllegalArgumentException("heartbeatMs=" + heartbeatMs + " must be from 1 to " + MAX_HEARTBEAT_MS);
        }
    }

    /** The same with other times, in milliseconds, and another number of nodes. */
    public GcsLimits with(int newHeartbeatMs, int newSuspectAfterMs, int newDeadAfterMs, int newMaxNodes) {
        return new GcsLimits(
                newHeartbeatMs,
                newSuspectAfterMs,
                newDeadAfterMs,
                keepDeadMs,
                keepFinishedMs,
                newMaxNodes,
                maxDeadNodes,
                maxJobs,
                inboxCapacity);
    }

    /** What the network side must allow for so many nodes. */
    NetLimits net() {
        return NetLimits.CONTROL.withConnections(maxNodes + CONNECTIONS_BESIDE_NODES);
    }
}
