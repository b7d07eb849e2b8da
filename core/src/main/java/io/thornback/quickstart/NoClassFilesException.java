/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/** The input holds nothing to count. */
public final class NoClassFilesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoClassFilesException(String input, long skipped, long otherFiles) {
        super("found none of " + input + ": skipped=" + skipped + ", otherFiles=" + otherFiles
                + "; name a folder or jar that holds compiled classes, or none for the running JDK");
    }
}
