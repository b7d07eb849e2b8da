/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import java.util.Objects;

/** An object could not be brought from another node. The message names object and node, and says what to do. */
public final class PullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for code that decides what comes next. */
    public enum Code {
        /** The node does not have the object: look for another copy, or make it again. */
        NOT_HERE,
        /** Nobody answers there, or the connection fell too often. */
        UNREACHABLE,
        /** Another node listens there. */
        WRONG_NODE,
        /** What arrived is not what was sent. */
        CORRUPT,
        /** This node's store has no room for it in time, or never. */
        STORE_FULL,
        /** The deadline has passed. */
        TIMED_OUT,
        /** This node stops. */
        CLOSED,
        /** Anything else: the peer or this node's store says why. */
        FAILED
    }

    private final Code code;

    PullException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    PullException(Code code, String message) {
        this(code, message, null);
    }

    public Code code() {
        return code;
    }
}
