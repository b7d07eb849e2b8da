/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** The task was cancelled by {@link ObjectRef#cancel}; whether it had begun cannot be told from this. */
public final class TaskCancelledException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /** See {@link ThornbackException#ThornbackException(Code, String, Throwable)}. */
    public TaskCancelledException(final String message, final Throwable cause) {
        super(Code.TASK_CANCELLED, message, cause);
    }
}
