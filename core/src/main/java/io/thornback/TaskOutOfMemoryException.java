/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * The node was short of memory and ended the task's worker before the kernel ended a process of its own choice, and no retry was left. The message says how much was used, what the limit is, and what to do. A task whose own heap
 * is too small fails otherwise: with the JVM's {@code OutOfMemoryError} as the cause of a {@link TaskException}, or a {@link WorkerDiedException}.
 */
public class TaskOutOfMemoryException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what was used, the limit, and what to do.
     * @param cause or null.
     */
    public TaskOutOfMemoryException(final String message, final Throwable cause) {
        super(Code.OUT_OF_MEMORY, message, cause);
    }

    /** As the other constructor, without a cause. */
    public TaskOutOfMemoryException(final String message) {
        this(message, null);
    }
}
