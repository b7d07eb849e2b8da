/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** The worker process died while it ran the task, and no retry was left. The message has its exit status. */
public class WorkerDiedException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public WorkerDiedException(final String message, final Throwable cause) {
        super(Code.WORKER_DIED, message, cause);
    }

    /** As the other constructor, without a cause. */
    public WorkerDiedException(final String message) {
        this(message, null);
    }
}
