/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** A value was not there within the time that the caller gave. The task goes on; ask again. */
public class GetTimeoutException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public GetTimeoutException(final String message, final Throwable cause) {
        super(Code.TIMEOUT, message, cause);
    }

    /** As the other constructor, without a cause. */
    public GetTimeoutException(final String message) {
        this(message, null);
    }
}
