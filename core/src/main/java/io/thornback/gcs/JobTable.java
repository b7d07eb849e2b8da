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

    /** The row, or null. */
    Row get(int jobId);

    void put(Row row);

    void remove(int jobId);

    /** All rows; not to be changed while it is walked. */
    Collection<Row> all();

    /** A table that dies with the process. */
    static JobTable inMemory() {
        return new JobTable() {
            private final Map<Integer, Row> rows = new LinkedHashMap<>();

            @Override
            public Row get(int jobId) {
                return rows.get(jobId);
            }

            @Override
            public void put(Row row) {
                rows.put(row.job().jobId(), row);
            }

            @Override
            public void remove(int jobId) {
                rows.remove(jobId);
            }

            @Override
            public Collection<Row> all() {
                return rows.values();
            }
        };
    }
}
