/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where job rows are kept, in the order in which they came. */
interface JobTable {
    /**
     * A row.
     *
     * @param nodeId the node that told of the job: its driver runs there
     */
    record Row(JobInfo job, String nodeId) {}

    /** What makes a row one. */
    record Key(String nodeId, int jobId) {}

    /** The row of a job of a node, or null. Nodes number their jobs by themselves. */
    Row get(String nodeId, int jobId);

    void put(Row row);

    void remove(Row row);

    /** All rows; not to be changed while it is walked. */
    Collection<Row> all();

    /** A table that dies with the process. */
    static JobTable inMemory() {
        return new JobTable() {
            private final Map<Key, Row> rows = new LinkedHashMap<>();

            @Override
            public Row get(String nodeId, int jobId) {
                return rows.get(new Key(nodeId, jobId));
            }

            @Override
            public void put(Row row) {
                rows.put(keyOf(row), row);
            }

            @Override
            public void remove(Row row) {
                rows.remove(keyOf(row));
            }

            private static Key keyOf(Row row) {
                return new Key(row.nodeId(), row.job().jobId());
            }

            @Override
            public Collection<Row> all() {
                return rows.values();
            }
        };
    }
}
