/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/**
 * Something found in shared memory cannot be true. For a lane: only that lane is closed, the inbox goes on. Given to
 * the inbox's error handler, never thrown out of {@link Inbox#poll}; thrown by {@link OutboundLane#open} where the
 * inbox file itself is bad.
 */
public final class CorruptLaneException extends TransportException {
    private static final long serialVersionUID = 1L;

    /**
     * @param where  which file, and whose
     * @param what   the field, its value and what was expected
     */
    CorruptLaneException(String where, String what) {
        super(
                Code.CORRUPT,
                where + ": " + what,
                "look at what that process wrote into shared memory; it may open a new lane");
    }
}
