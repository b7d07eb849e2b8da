/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorDiedException;
import io.thornback.InfeasibleException;
import io.thornback.NodeStoppedException;
import io.thornback.ObjectLostException;
import io.thornback.OwnerDiedException;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.TaskOutOfMemoryException;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.WorkerDiedException;
import io.thornback.transport.wire.FailureKind;

/**
 * Why there is no value. Each {@code get} throws an exception of its own made from it, so that stack traces are the callers'.
 *
 * @param code kind of failure.
 * @param message for people.
 * @param cause or null.
 */
record Failure(Code code, String message, Throwable cause) {
    /** What it is for who made the call, when the raylet, or the worker in its place, gives one up. */
    static Code codeOf(final FailureKind kind) {
        return switch (kind) {
            case WORKER_DIED, WORKER_START_FAILED -> Code.WORKER_DIED;
            case ACTOR_DIED, NO_SUCH_ACTOR -> Code.ACTOR_DIED;
            case INFEASIBLE -> Code.INFEASIBLE;
            case OUT_OF_MEMORY -> Code.OUT_OF_MEMORY;
            case NODE_STOPPING -> Code.NODE_STOPPED;
            default -> Code.BAD_REQUEST;
        };
    }

    ThornbackException toException() {
        return switch (code) {
            case TASK_FAILED -> new TaskException(message, cause);
            case WORKER_DIED -> new WorkerDiedException(message, cause);
            case OUT_OF_MEMORY -> new TaskOutOfMemoryException(message, cause);
            case TASK_CANCELLED -> new TaskCancelledException(message, cause);
            case ACTOR_DIED -> new ActorDiedException(message, cause);
            case OWNER_DIED -> new OwnerDiedException(message, cause);
            case OBJECT_LOST -> new ObjectLostException(message, cause);
            case NODE_STOPPED -> new NodeStoppedException(message, cause);
            case INFEASIBLE -> new InfeasibleException(message, cause);
            default -> new ThornbackException(code, message, cause);
        };
    }
}
