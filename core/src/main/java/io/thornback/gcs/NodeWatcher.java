/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

/** Hears of each change of a node as it is made; it may not be durable yet. The GCS's agent thread only. */
interface NodeWatcher {
    /** Hears nothing. */
    NodeWatcher NOBODY = new NodeWatcher() {
        @Override
        public void nodeChanged(NodeEntry entry) {}

        @Override
        public void loadChanged(NodeEntry entry) {}
    };

    /** It has come or gone, or its state, address, labels or what it has in all has changed. */
    void nodeChanged(NodeEntry entry);

    /** What is free on it has changed. */
    void loadChanged(NodeEntry entry);
}
