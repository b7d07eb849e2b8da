/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

/**
 * Chooses a node for a request. Pure: it sees nothing but its arguments, and its own seeded random numbers where equals are to be told apart; it changes nothing. One thread.
 */
@FunctionalInterface
public interface SchedulingPolicy {
    /** Decides about one request. */
    Decision decide(Requirements request, ClusterView cluster);
}
