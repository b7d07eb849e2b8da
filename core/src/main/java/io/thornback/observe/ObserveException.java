/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** A file of a node's figures cannot be read: it is not there, not ready, or of another release. The message says which, and what to do. */
public final class ObserveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ObserveException(final String message) {
        super(message);
    }

    ObserveException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
