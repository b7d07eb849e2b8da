/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/** The error numbers that this package tells apart (Linux, x86-64 and aarch64 alike), and names for messages. */
final class Errno {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EBADF = 9;
    static final int ECHILD = 10;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EPIPE = 32;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int ETIMEDOUT = 110;
    static final int EDQUOT = 122;

    private Errno() {}

    /** For messages only: "ENOSPC (28): No space left on device". Loads jnr-constants on first use. */
    static String describe(final int errno) {
        final jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
        return known.name() + " (" + errno + "): " + known;
    }
}
