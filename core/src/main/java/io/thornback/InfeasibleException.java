/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * No node has the resources or labels that the task asks for, and it has waited for them as long as the node allows ({@code raylet.infeasible-timeout}). As nodes are set up it waits without end, and
 * its driver's log and {@code thornback status} say for what.
 */
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
