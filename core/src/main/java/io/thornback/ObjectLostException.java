/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * An object was there and cannot be had any more: it was deleted by hand, or its spill file was, or is damaged; and it could not be made again, because it was put and
 * not made by a task, its task may not be retried (any more), or is forgotten. Put it again, or submit its task again.
 */
public class ObjectLostException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    /** With the message that the user sees, and the cause or null. */
    public ObjectLostException(final String message, final Throwable cause) {
        super(Code.OBJECT_LOST, message, cause);
    }
}
