/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

/**
 * The calls of the actor that a worker is.
 *
 * @param taken how many it has taken so far.
 * @param busy whether one of them has not ended.
 */
record ActorCalls(long taken, boolean busy) {
    /** Together with others. */
    ActorCalls and(final long othersTaken, final boolean othersBusy) {
        return new ActorCalls(taken + othersTaken, busy || othersBusy);
    }
}
