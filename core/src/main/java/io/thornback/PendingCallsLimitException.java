/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** This process has made as many calls of an actor that are not answered as the actor's {@code maxPendingCalls} allows; the call was not made. */
public class PendingCallsLimitException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /** @param message which actor, the limit, and what to do. */
    public PendingCallsLimitException(final String message) {
        super(Code.PENDING_CALLS_LIMIT, message);
    }
}
