/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

/**
 * A look at a node where it listens.
 *
 * @param nodeId who should be there
 * @param joins how often it had joined when the look was decided on: what is seen says nothing of a later joining
 * @param address where
 * @param port where
 */
record Probe(String nodeId, int joins, String address, int port) {
    /** What was seen. */
    enum Outcome {
        /** The node answers. */
        THERE,
        /** Proof that its process has ended: nobody listens there, or another node. */
        GONE,
        /** Nothing that tells. */
        UNKNOWN
    }
}
