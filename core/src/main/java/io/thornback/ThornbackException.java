/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * What went wrong in Thornback, as opposed to what a task threw ({@link TaskException}). The message names the thing and what
 * to do about it; {@link #code()} is stable and meant for programs.
 */
public class ThornbackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Stable names of the kinds of failure. */
    public enum Code {
        /** A task ended with an exception of its own. */
        TASK_FAILED,
        /** The worker process died while it ran the task, and no retry was left. */
        WORKER_DIED,
        /** The node ran short of memory and ended the task's worker, and no retry was left. */
        OUT_OF_MEMORY,
        /** The task was cancelled. */
        TASK_CANCELLED,
        /** The actor is dead; its calls have no result. */
        ACTOR_DIED,
        /** Too many calls of an actor have not been answered; the call was not made. */
        PENDING_CALLS_LIMIT,
        /** The process that owns the object died before it was made. */
        OWNER_DIED,
        /** The object was there, cannot be had any more, and cannot be made again. */
        OBJECT_LOST,
        /** No node runs on this host for this user and directory. */
        NODE_NOT_FOUND,
        /** The node stopped or died while the program used it. */
        NODE_STOPPED,
        /** Node and program speak different versions. */
        VERSION_MISMATCH,
        /** The JVM was started without a flag that Thornback needs. */
        JVM_FLAGS,
        /** The time given to a call has passed. */
        TIMEOUT,
        /** No node of the cluster can ever grant the request. */
        INFEASIBLE,
        /** The function, argument or result cannot be sent to another process. */
        NOT_SERIALIZABLE,
        /** The request is wrong in itself: a name taken, a closed handle. */
        BAD_REQUEST,
        /** A node could not start or stop. */
        NODE_FAILED,
        /** The configuration has errors. */
        CONFIGURATION
    }

    private final Code code;

    /**
     * @param code what kind of failure.
     * @param message what, {@code name=value}, and what to do.
     * @param cause or null.
     */
    public ThornbackException(final Code code, final String message, final Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** As the other constructor, without a cause. */
    public ThornbackException(final Code code, final String message) {
        this(code, message, null);
    }

    /** The kind of failure. */
    public final Code code() {
        return code;
    }
}
