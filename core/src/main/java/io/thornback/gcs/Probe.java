/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Optional;

/**
 * A look at a node where it listens.
 *
 * @param nodeId who should be there
 * @param joins how often it had joined when the look was decided on: what is seen says nothing of a later joining
 * @param at where
 * @param witness where a node listens that is asked to look if nothing is to be seen from here
 */
record Probe(String nodeId, int joins, Place at, Optional<Place> witness) {
    /** Where a node listens. */
    record Place(String address, int port) {
        /** By what it said when it joined. */
        static Place of(NodeRegistration node) {
            return new Place(node.address(), node.port());
        }

        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    /** What was seen. */
    enum Outcome {
        /** The node answers. */
        THERE,
        /** It does not from here, but answers the witness. */
        THERE_FOR_WITNESS,
        /** Proof that its process has ended: nobody listens there, or another node. Only seen from here: what an address means elsewhere is not known. */
        GONE,
        /** Nothing that tells. */
        UNKNOWN
    }
}
