/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes, in the order in which they came, on the heap; what of them is to outlive this process goes to the store when a row is
 * put. What changes with heartbeats is changed in the entry and not put. The GCS's agent thread only.
 */
final class NodeTable {
    private final ClusterStore store;
    private final Map<String, NodeEntry> entries = new LinkedHashMap<>();
    private long nextOrder;

    /**
     * What the store holds.
     *
     * @param nowNs when the nodes in it count as last heard of: how long they were silent before nobody knows
     */
    NodeTable(ClusterStore store, long nowNs) {
        this.store = store;
        final List<TableRows.NodeRow> rows = new ArrayList<>();
        store.rows(Table.NODES).values().forEach(row -> rows.add(TableRows.node(row)));
        rows.sort(Comparator.comparingLong(TableRows.NodeRow::order));
        for (TableRows.NodeRow row : rows) {
            entries.put(row.registration().nodeId(), new NodeEntry(row, nowNs));
            nextOrder = row.order() + 1;
        }
    }

    /** The entry, or null. */
    NodeEntry get(String nodeId) {
        return entries.get(nodeId);
    }

    /** A node that is not there yet, to be put. */
    NodeEntry add(NodeRegistration registration, long nowNs) {
        return new NodeEntry(new TableRows.NodeRow(nextOrder++, registration, 0), nowNs);
    }

    /** Keeps an entry that is new, or in which something changed that is to last. */
    void put(NodeEntry entry) {
        entries.put(entry.nodeId(), entry);
        store.put(Table.NODES, entry.nodeId(), TableRows.node(entry.toRow()));
        entry.commit = store.openCommit();
    }

    void remove(String nodeId) {
        entries.remove(nodeId);
        store.remove(Table.NODES, nodeId);
    }

    /** All entries; not to be changed while it is walked. */
    Collection<NodeEntry> all() {
        return entries.values();
    }
}
