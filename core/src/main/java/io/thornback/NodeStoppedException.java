/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** The node stopped, or its raylet died, while the program used it. */
public class NodeStoppedException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public NodeStoppedException(final String message, final Throwable cause) {
        super(Code.NODE_STOPPED, message, cause);
    }

    /** As the other constructor, without a cause. */
    public NodeStoppedException(final String message) {
        this(message, null);
    }
}
