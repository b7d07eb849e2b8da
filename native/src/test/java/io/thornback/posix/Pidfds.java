/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.time.Duration;

/** Waiting for the end of a process that may be anybody's child. */
final class Pidfds {

    private Pidfds() {}

    static boolean awaitEnd(final ProcessIdentity identity, final Duration timeout) {
        final int fd = Pidfd.open(identity);
        if (fd == Pidfd.GONE) {
            return true;
        }
        try {
            return Pidfd.awaitExit(fd, timeout.toNanos());
        } finally {
            Libc.close(fd);
        }
    }
}
