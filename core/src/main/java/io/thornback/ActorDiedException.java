/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** The actor is dead (killed, its process died, its constructor threw): the call has no result. */
public class ActorDiedException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public ActorDiedException(final String message, final Throwable cause) {
        super(Code.ACTOR_DIED, message, cause);
    }

    /** As the other constructor, without a cause. */
    public ActorDiedException(final String message) {
        this(message, null);
    }
}
