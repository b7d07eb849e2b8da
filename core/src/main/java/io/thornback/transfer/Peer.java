/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import java.util.Objects;

/**
 * Another node, and where it listens.
 *
 * @param nodeId hexadecimal; whoever else listens there is refused
 * @param host name or address
 * @param port of its {@link io.thornback.gcs.NodePort}
 */
public record Peer(String nodeId, String host, int port) {
    public Peer {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(host, "host");
    }

    @Override
    public String toString() {
        return "node " + nodeId + " at " + host + ":" + port;
    }
}
