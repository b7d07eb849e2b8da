/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.wire.NodeState;

/** One node of the table. The GCS's agent thread only. */
final class NodeEntry {
    /** Durable, as are {@link #order} and {@link #deadSinceMs}; the rest is known again within a heartbeat. */
    NodeRegistration registration;

    final long order;
    NodeLoad load;
    NodeState state;
    /** Whether it has said that it finishes what it has and leaves. */
    boolean drains;

    long lastHeartbeatNs;
    /** The version of {@link #load}; what is not newer is not taken. */
    long loadVersion = -1;

    long deadSinceMs;
    /** Null while the node is not connected. */
    NetConnection connection;
    /** How often it has joined since this process began. */
    int joins;

    boolean isProbed;
    /** When it may be looked at again, while it is suspected. */
    long nextProbeNs;
    /** When it last answered a probe; of no meaning unless {@link #hasAnswered}. */
    long answeredNs;

    /** Whether a probe has been answered since it was last heard of. */
    boolean hasAnswered;
    /** The commit that has what is durable of it. */
    long commit;

    NodeEntry(TableRows.NodeRow row, long nowNs) {
        this.registration = row.registration();
        this.order = row.order();
        this.deadSinceMs = row.deadSinceMs();
        this.state = deadSinceMs == 0 ? NodeState.ALIVE : NodeState.DEAD;
        this.load = NodeLoad.unknown(registration.total());
        this.lastHeartbeatNs = nowNs;
    }

    TableRows.NodeRow toRow() {
        return new TableRows.NodeRow(order, registration, deadSinceMs);
    }

    String nodeId() {
        return registration.nodeId();
    }

    /** What it is while it is heard of. */
    NodeState wellState() {
        return drains ? NodeState.DRAINING : NodeState.ALIVE;
    }

    boolean isWell() {
        return state == wellState();
    }

    boolean isDead() {
        return state == NodeState.DEAD;
    }
}
