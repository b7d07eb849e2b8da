/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * How large a worker process is made, so that all of them together fit what the node has for workers. Immutable.
 *
 * <p>A worker for a task or actor that named its memory is that large. One for those that named none gets an equal share: half of the
 * memory is for the tasks that run at a time, one a CPU, and half for actors and for tasks that wait. When that has been given away, what is
 * left, and at least {@link WorkerMemory#FLOOR_BYTES}: only workers of that least size can go beyond the whole.
 *
 * @param totalBytes what all workers may have together.
 * @param cpus tasks that run at a time.
 */
public record WorkerSizes(long totalBytes, int cpus) {
    /** What a worker gets for which no memory was named, while there is enough. */
    public long shareBytes() {
        return Math.max(WorkerMemory.FLOOR_BYTES, totalBytes / (2L * cpus));
    }

    /**
     * Size of the next worker's process in bytes.
     *
     * @param askedBytes what its task named; 0: nothing.
     * @param usedBytes what the workers that live have together.
     */
    public long next(final long askedBytes, final long usedBytes) {
        final long floor = WorkerMemory.FLOOR_BYTES;
        if (askedBytes > 0) {
            return Math.max(floor, askedBytes);
        }
        return Math.max(floor, Math.min(shareBytes(), totalBytes - usedBytes));
    }
}
