/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

/**
 * When a call ran; nanoseconds of the host's monotonic clock.
 *
 * @param startedNs it was begun; 0: never.
 * @param endedNs the function returned or threw.
 * @param storedNs its result was in the store, or on its way to the owner.
 */
record RunTimes(long startedNs, long endedNs, long storedNs) {
    /** It was dropped before it began. */
    static final RunTimes NEVER = new RunTimes(0, 0, 0);
}
