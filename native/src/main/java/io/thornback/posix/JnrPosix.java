/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.util.OptionalInt;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * {@code waitpid} and {@code kill} by JNR-POSIX: for what a parent does with children after they have started. Its first use costs
 * about 0.2 s of class generation, so it is kept off every path of a start; a {@link Spawner} loads it when it has
 * nothing else to do.
 */
final class JnrPosix {

    private static final int WNOHANG = 1;
    private static final POSIX LIBRARY = POSIXFactory.getNativePOSIX();

    private JnrPosix() {}

    /** Loads it now, rather than when the first child ends. */
    static void load() {
        if (!LIBRARY.isNative()) {
            throw new IllegalStateException("JNR-POSIX did not find its native library (jffi)");
        }
    }

    /** Status word of this one child; empty if it has not ended. Never waits, never touches another child's status. */
    static OptionalInt waitpid(final long pid) {
        final int[] status = new int[1];
        while (true) {
            final int result = LIBRARY.waitpid(pid, status, WNOHANG);
            if (result == pid) {
                return OptionalInt.of(status[0]);
            }
            if (result == 0) {
                return OptionalInt.empty();
            }
            final int errno = LIBRARY.errno();
            if (errno != Errno.EINTR) {
                final String remedy = errno == Errno.ECHILD ? "somebody else has waited for it" : null;
                throw new PosixException(errno, "waitpid", "pid " + pid, remedy);
            }
        }
    }

    /** {@code kill(2)}; false for ESRCH. */
    static boolean kill(final long pid, final int signal) {
        if (LIBRARY.kill(pid, signal) == 0) {
            return true;
        }
        final int errno = LIBRARY.errno();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new PosixException(errno, "kill", "pid " + pid + " " + Signals.name(signal), null);
    }
}
