/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** A task or actor call threw; the cause is what it threw, as far as it could be sent, with the remote stack trace. */
public class TaskException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public TaskException(final String message, final Throwable cause) {
        super(Code.TASK_FAILED, message, cause);
    }

    /** As the other constructor, without a cause. */
    public TaskException(final String message) {
        this(message, null);
    }
}
