/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

/**
 * The calls of the actor that a worker is.
 *
 * @param taken how many it has taken so far.
 * @param busy whether one of them has not ended.
 */
record CallCount(long taken, boolean busy) {
    /** Together with others. */
    CallCount and(final long othersTaken, final boolean othersBusy) {
        return new CallCount(taken + othersTaken, busy || othersBusy);
    }
}
