/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Jobs by node and number (nodes number their jobs by themselves), in the order in which they came, on the heap and in the store. The
 * GCS's agent thread only.
 */
final class JobTable {
    private record Key(String nodeId, int jobId) {
        static Key of(JobInfo job) {
            return new Key(job.nodeId(), job.jobId());
        }

        String text() {
            return nodeId + "/" + jobId;
        }
    }

    /** A job, and the commit that has it. */
    private record Entry(long order, JobInfo job, long commit) {}

    private final ClusterStore store;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private long nextOrder;

    /** What the store holds. */
    JobTable(ClusterStore store) {
        this.store = store;
        final List<TableRows.JobRow> rows = new ArrayList<>();
        store.rows(Table.JOBS).values().forEach(row -> rows.add(TableRows.job(row)));
        rows.sort(Comparator.comparingLong(TableRows.JobRow::order));
        for (TableRows.JobRow row : rows) {
            entries.put(Key.of(row.job()), new Entry(row.order(), row.job(), 0));
            nextOrder = row.order() + 1;
        }
    }

    /** The job, or null. */
    JobInfo get(String nodeId, int jobId) {
        final Entry entry = entries.get(new Key(nodeId, jobId));
        return entry == null ? null : entry.job();
    }

    /** The commit that has what is known of a job; 0 if nothing is. */
    long commitOf(String nodeId, int jobId) {
        final Entry entry = entries.get(new Key(nodeId, jobId));
        return entry == null ? 0 : entry.commit();
    }

    /** Keeps a job, in the place of what was known of it. */
    void put(JobInfo job) {
        final Key key = Key.of(job);
        final Entry before = entries.get(key);
        final long order = before == null ? nextOrder++ : before.order();
        store.put(Table.JOBS, key.text(), TableRows.job(new TableRows.JobRow(order, job)));
        entries.put(key, new Entry(order, job, store.openCommit()));
    }

    void remove(JobInfo job) {
        final Key key = Key.of(job);
        entries.remove(key);
        store.remove(Table.JOBS, key.text());
    }

    int size() {
        return entries.size();
    }

    /** All jobs as they are now. */
    List<JobInfo> all() {
        final List<JobInfo> jobs = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> jobs.add(entry.job()));
        return jobs;
    }
}
