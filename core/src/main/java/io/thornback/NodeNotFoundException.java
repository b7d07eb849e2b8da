/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** No node runs where the program looked for one. */
public class NodeNotFoundException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public NodeNotFoundException(final String message, final Throwable cause) {
        super(Code.NODE_NOT_FOUND, message, cause);
    }

    /** As the other constructor, without a cause. */
    public NodeNotFoundException(final String message) {
        this(message, null);
    }
}
