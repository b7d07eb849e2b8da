/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/** The host does not tell what it has, for example because {@code /proc} is not mounted. */
public final class HostDetectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostDetectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
