/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The jobs of this node that are not over. The raylet's agent's. */
final class JobTable {
    private static final int MOST_NUMBERS = 0xFFFF;

    private final Map<JobId, Job> jobs = new LinkedHashMap<>();
    /** Those whose driver has gone and whose detached actors live. */
    private final Map<JobId, Job> lingering = new LinkedHashMap<>();

    /** The upper half of all numbers. */
    private final int block;

    private int last;

    /** @param block the upper 16 bits of the jobs' numbers, which no other node of the cluster has */
    JobTable(final int block) {
        this.block = block;
    }

    /** The id of the next job. A number comes again after 65,000 others at the earliest, and never while its job is not over. */
    JobId nextId() {
        JobId id;
        do {
            last = last == MOST_NUMBERS ? 1 : last + 1; // 0 in block 0 is no job
            id = new JobId(block << Short.SIZE | last);
        } while (get(id) != null);
        return id;
    }

    void add(final Job job) {
        jobs.put(job.id(), job);
    }

    /** A job that is not over: its driver is attached, or detached actors of it live; else null. */
    Job get(final JobId id) {
        final Job job = jobs.get(id);
        return job != null ? job : lingering.get(id);
    }

    /** The driver is gone, detached actors are not. */
    void linger(final Job job) {
        lingering.put(job.id(), job);
    }

    /** Whether it was lingering; now it is over. */
    boolean endLingering(final JobId id) {
        return lingering.remove(id) != null;
    }

    /** Whether tasks of some job need processes of this environment unless they say otherwise. */
    boolean anyNeeds(final RuntimeEnvironment ofProcess) {
        return Stream.concat(jobs.values().stream(), lingering.values().stream())
                .anyMatch(job -> job.environment().ofProcess().equals(ofProcess));
    }

    /** The last that began of those whose tasks need such processes, unless they say otherwise; null if there is none. */
    Job lastThatNeeds(final RuntimeEnvironment ofProcess) {
        Job last = null;
        for (final Job job : jobs.values()) {
            if (job.environment().ofProcess().equals(ofProcess)) {
                last = job;
            }
        }
        return last;
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

    int size() {
        return jobs.size();
    }

    /** Whether its driver was attached; now it is not. */
    boolean remove(final JobId id) {
        return jobs.remove(id) != null;
    }
}
