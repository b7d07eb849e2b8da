/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

/**
 * What tasks of a node wait for.
 *
 * @param count tasks that wait for the same
 * @param oldestMs how long the oldest has waited
 * @param infeasible whether no node has it, so that they wait for a change of the cluster
 * @param request what they ask for, for people
 * @param reason what is missing, for people; may be empty
 */
public record NodeDemand(int count, long oldestMs, boolean infeasible, String request, String reason) {
    /** The most that a node reports; those that wait longest come first. */
    public static final int MAX_DEMANDS = 16;

    private static final int MAX_TEXT_LENGTH = 512;

    public NodeDemand {
        if (count < 0 || oldestMs < 0) {
            throw new IllegalArgumentException("negative: count=" + count + " oldestMs=" + oldestMs);
        }
        request = cut(request);
        reason = cut(reason);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT_LENGTH ? text : text.substring(0, MAX_TEXT_LENGTH - 1) + "…";
    }
}
