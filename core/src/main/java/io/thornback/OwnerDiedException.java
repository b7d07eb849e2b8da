/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * The process that owns an object died before the object was made: the program or task that submitted its task, or was about to put it. Submit
 * the task again, from a process that lives longer; what an owner had made before it died stays as long as others refer to it.
 */
public class OwnerDiedException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /** With the message that the user sees, and the cause or null. */
    public OwnerDiedException(final String message, final Throwable cause) {
        super(Code.OWNER_DIED, message, cause);
    }
}
