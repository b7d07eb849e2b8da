/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.wire.NodeState;

/** One row of the node table. The GCS's agent thread only. */
final class NodeEntry {
    NodeRegistration registration;
    NodeLoad load;
    NodeState state = NodeState.ALIVE;
    long lastHeartbeatNs;
    /** The version of {@link #load}; what is not newer is not taken. */
    long loadVersion = -1;

    long deadSinceMs;
    /** Null while the node is not connected. */
    NetConnection connection;

    NodeEntry(NodeRegistration registration, long nowNs) {
        this.registration = registration;
        this.load = NodeLoad.unknown(registration.total());
        this.lastHeartbeatNs = nowNs;
    }

    String nodeId() {
        return registration.nodeId();
    }

    boolean isDead() {
        return state == NodeState.DEAD;
    }
}
