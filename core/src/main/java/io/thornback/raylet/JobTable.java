/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import java.util.LinkedHashMap;
import java.util.Map;

/** The jobs whose drivers are attached to this node. The raylet's agent's. */
final class JobTable {
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();
    private int lastId;

    /** The id of the next job; ids are not used again while the node lives. */
    JobId nextId() {
        return new JobId(++lastId);
    }

    void add(final Job job) {
        jobs.put(job.id(), job);
    }

    Job get(final JobId id) {
        return jobs.get(id);
    }

    /** The job that this driver's inbox belongs to, or null. */
    Job ofInbox(final String inbox) {
        for (final Job job : jobs.values()) {
            if (job.inbox().equals(inbox)) {
                return job;
            }
        }
        return null;
    }

    /** Whether it was there. */
    boolean remove(final JobId id) {
        return jobs.remove(id) != null;
    }
}
