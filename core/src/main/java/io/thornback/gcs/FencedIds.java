/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Ids of nodes that may not come back: the last {@value #MOST} of them, also those that are dead since before this process began. The GCS's agent thread only. */
final class FencedIds {
    static final int MOST = 4096;

    private final ClusterStore store;
    /** Oldest first. */
    private final Set<String> ids = new LinkedHashSet<>();

    private long nextOrder;

    /** What the store holds. */
    FencedIds(ClusterStore store) {
        this.store = store;
        store.rows(Table.FENCED).entrySet().stream()
                .map(row -> Map.entry(row.getKey(), TableRows.order(row.getValue())))
                .sorted(Comparator.comparingLong(Map.Entry<String, Long>::getValue))
                .forEach(row -> {
                    ids.add(row.getKey());
                    nextOrder = row.getValue() + 1;
                });
    }

    boolean contains(String nodeId) {
        return ids.contains(nodeId);
    }

    /** Fences an id; when there are too many, the oldest is let go. */
    void add(String nodeId) {
        if (!ids.add(nodeId)) {
            return;
        }
        store.put(Table.FENCED, nodeId, TableRows.order(nextOrder++));
        if (ids.size() > MOST) {
            final String oldest = ids.iterator().next();
            ids.remove(oldest);
            store.remove(Table.FENCED, oldest);
        }
    }
}
