/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/** No node can ever grant the resources that the task asks for. */
public class InfeasibleException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed and what to do.
     * @param cause or null.
     */
    public InfeasibleException(final String message, final Throwable cause) {
        super(Code.INFEASIBLE, message, cause);
    }

    /** As the other constructor, without a cause. */
    public InfeasibleException(final String message) {
        this(message, null);
    }
}
