/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.HashSet;
import java.util.Set;

/**
 * The actor that knows how far the job is. Tasks report to it, the driver asks it. An actor takes one call at a time, so
 * this class needs no lock.
 */
public final class ProgressBoard {
    private final Set<Long> workers = new HashSet<>();
    private int parsed;
    private long bytes;

    /**
     * What has been done so far.
     *
     * @param parsed parse tasks that have ended
     * @param bytes bytes of packs that have been parsed
     * @param workers processes that have taken part
     */
    public record State(int parsed, long bytes, int workers) {
        static final State NOTHING = new State(0, 0, 0);
    }

    /** A parse task tells that it has its result. A task that runs again after its worker's death may be counted twice. */
    public State done(TaskTiming timing) {
        workers.add(timing.pid());
        parsed++;
        bytes += timing.bytes();
        return state();
    }

    /** What has been done so far. */
    public State state() {
        return new State(parsed, bytes, workers.size());
    }
}
