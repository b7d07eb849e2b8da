/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Decision;
import io.thornback.scheduling.Requirements;
import java.util.ArrayDeque;

/**
 * The tasks of one job that ask for the same: each can take another's place on a worker. Holds those that wait, first come, first served, what is known of their chances, and how long those took that have ended.
 * The raylet's agent's.
 */
final class SchedulingClass {
    /** A worker is given about this much work ahead of what it runs: more than the way from raylet to worker and back takes, and little enough that it waits for no one. */
    private static final long AHEAD_NS = 1_000_000;

    /** So much work a worker that runs may have before another is woken for more. */
    private static final long BRIEF_NS = 50_000;

    private static final int MOST_AHEAD = 64;
    private static final int WEIGHT = 8;
    /** So many times more or less than the average is far from it. */
    private static final int FAR = 8;

    private static final long UNKNOWN = -1;

    final JobId job;
    final Requirements wanted;
    /** The resources of {@link #wanted}. */
    final ResourceSet request;

    final ArrayDeque<TaskRecord> waiting = new ArrayDeque<>();
    private long averageNs = UNKNOWN;
    /** The last one, if it was far from the average and does not count yet. */
    private long farNs = UNKNOWN;

    /** When one of them was last taken, or the first one came: since then the class has got nothing. */
    long progressNs;
    /** What the policy said; null: not asked yet. */
    Decision decision;
    /** The state of totals and labels that {@link #decision} was made by. */
    long decidedBy;
    /** When somebody is next told that these wait for what there is not; 0: not yet infeasible. */
    long nextReportNs;
    /** How long resources are kept for it the next time; 0: as long as is usual. */
    long holdNs;
    /** No resources are kept for it before this time. */
    long holdNotBeforeNs;
    /** The pass in which it was last found that it must wait. */
    long waitsInPass;

    SchedulingClass(final JobId job, final Requirements wanted) {
        this.job = job;
        this.wanted = wanted;
        this.request = wanted.resources();
    }

    /**
     * A task has taken so long, or longer. One that is far from the average says more of what kept it from its core than of its class, and counts only if the next is as far: the first in a process
     * loads classes, and with more workers than cores some task is always one that had to wait.
     */
    void took(final long durationNs) {
        final boolean isLong = durationNs > FAR * averageNs;
        if (averageNs == UNKNOWN) {
            averageNs = durationNs;
        } else if (!isLong && durationNs >= averageNs / FAR) {
            averageNs += (durationNs - averageNs) / WEIGHT;
            farNs = UNKNOWN;
        } else if (farNs == UNKNOWN || (farNs > averageNs) != isLong) {
            farNs = durationNs;
        } else {
            averageNs = isLong ? Math.min(farNs, durationNs) : Math.max(farNs, durationNs);
            farNs = UNKNOWN;
        }
    }

    /** How many tasks a worker may have beside the one that it runs: none before one has ended, none of long ones. */
    int ahead() {
        return averageNs == UNKNOWN ? 0 : (int) Math.min(MOST_AHEAD, AHEAD_NS / Math.max(1, averageNs));
    }

    /** How many tasks a worker may have before it is worth it to wake another, those that it runs included: 0 if that is not known, or none. */
    int brief() {
        return averageNs == UNKNOWN ? 0 : (int) Math.min(MOST_AHEAD, BRIEF_NS / Math.max(1, averageNs));
    }

    /** Whether some node has what it asks for, as far as is known. */
    boolean isFeasible() {
        return decision == null || decision.isFeasible();
    }
}
