/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

/** Stands for an exception of another process whose class or content could not be sent. */
public class RemoteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String className;

    RemoteException(final String className, final String message) {
        super(className + (message == null ? "" : ": " + message), null, false, false);
        this.className = className;
    }

    /** Class of the original. */
    public String className() {
        return className;
    }
}
