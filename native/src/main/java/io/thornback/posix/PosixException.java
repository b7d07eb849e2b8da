/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/**
 * A call to the operating system failed in a way that the caller could not expect. The message has the call, what it
 * was applied to, the error's name, number and text, and what to do about it where that is known.
 */
public class PosixException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String call;
    private final String path;

    /**
     * @param errno  as the kernel returned it
     * @param call   name of the function, as in its man page
     * @param path   file, or other thing, that the call was about; null if there is none
     * @param remedy what to do about it; null if there is nothing to say
     */
    public PosixException(final int errno, final String call, final String path, final String remedy) {
        super(call + (path == null ? "" : " " + path) + ": " + Errno.describe(errno)
                + (remedy == null ? "" : "; " + remedy));
        this.errno = errno;
        this.call = call;
        this.path = path;
    }

    /** The error number, e.g. 28 for ENOSPC. */
    public int errno() {
        return errno;
    }

    /** The function that failed, e.g. {@code fallocate}. */
    public String call() {
        return call;
    }

    /** What the call was about, or null. */
    public String path() {
        return path;
    }
}
