/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where node rows are kept, in the order in which they came. A row is changed by its owner and then put again, so that
 * an implementation may keep it elsewhere too.
 */
interface NodeTable {
    /** The row, or null. */
    NodeEntry get(String nodeId);

    void put(NodeEntry entry);

    void remove(String nodeId);

    /** All rows; not to be changed while it is walked. */
    Collection<NodeEntry> all();

    /** A table that dies with the process. */
    static NodeTable inMemory() {
        return new NodeTable() {
            private final Map<String, NodeEntry> rows = new LinkedHashMap<>();

            @Override
            public NodeEntry get(String nodeId) {
                return rows.get(nodeId);
            }

            @Override
            public void put(NodeEntry entry) {
                rows.put(entry.nodeId(), entry);
            }

            @Override
            public void remove(String nodeId) {
                rows.remove(nodeId);
            }

            @Override
            public Collection<NodeEntry> all() {
                return rows.values();
            }
        };
    }
}
