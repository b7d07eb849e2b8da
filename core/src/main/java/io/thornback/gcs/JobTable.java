/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where jobs are kept, by node and number (nodes number their jobs by themselves), in the order in which they came. */
interface JobTable {
    /** The job, or null. */
    JobInfo get(String nodeId, int jobId);

    /** Keeps a job, in the place of what was known of it. */
    void put(JobInfo job);

    void remove(JobInfo job);

    /** All jobs; not to be changed while it is walked. */
    Collection<JobInfo> all();

    /** A table that dies with the process. */
    static JobTable inMemory() {
        return new JobTable() {
            private record Key(String nodeId, int jobId) {}

            private final Map<Key, JobInfo> jobs = new LinkedHashMap<>();

            @Override
            public JobInfo get(String nodeId, int jobId) {
                return jobs.get(new Key(nodeId, jobId));
            }

            @Override
            public void put(JobInfo job) {
                jobs.put(new Key(job.nodeId(), job.jobId()), job);
            }

            @Override
            public void remove(JobInfo job) {
                jobs.remove(new Key(job.nodeId(), job.jobId()));
            }

            @Override
            public Collection<JobInfo> all() {
                return jobs.values();
            }
        };
    }
}
