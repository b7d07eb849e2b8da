/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

/**
 * One driver's work.
 *
 * @param jobId its node's number for it
 * @param name what the user called it; cut at {@value #MAX_NAME_LENGTH} characters
 * @param driverPid process id of the driver
 * @param startedMs since 1970
 * @param endedMs since 1970; 0 while it runs
 * @param nodeId the node where its driver is; empty where that node itself tells of it
 */
public record JobInfo(int jobId, String name, long driverPid, long startedMs, long endedMs, String nodeId) {
    static final int MAX_NAME_LENGTH = 256;

    public JobInfo {
        name = name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH));
    }

    /** As its node tells of it. */
    public JobInfo(int jobId, String name, long driverPid, long startedMs, long endedMs) {
        this(jobId, name, driverPid, startedMs, endedMs, "");
    }

    public boolean isRunning() {
        return endedMs == 0;
    }

    JobInfo endedAt(long nowMs) {
        return new JobInfo(jobId, name, driverPid, startedMs, Math.max(1, nowMs), nodeId);
    }

    JobInfo on(String node) {
        return new JobInfo(jobId, name, driverPid, startedMs, endedMs, node);
    }
}
