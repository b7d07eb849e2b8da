/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.ThornbackException;

/** A node could not start, stop or be found. One line for the operator: what, and the remedy. */
public class NodeException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * @param message what went wrong, with the thing's name
     * @param remedy what to do; may be empty
     * @param cause may be null
     */
    public NodeException(String message, String remedy, Throwable cause) {
        super(Code.NODE_FAILED, remedy.isEmpty() ? message : message + "; " + remedy, cause);
        this.remedy = remedy;
    }

    /** Without a cause. */
    public NodeException(String message, String remedy) {
        this(message, remedy, null);
    }

    /** What to do; may be empty. */
    public String remedy() {
        return remedy;
    }
}
