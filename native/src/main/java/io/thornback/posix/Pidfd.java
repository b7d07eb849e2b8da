/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.util.concurrent.TimeUnit;

/**
 * A descriptor for a process ({@code pidfd_open(2)}): it becomes readable when the whole thread group has ended, and a
 * signal sent through it never reaches a later process with the same pid.
 */
final class Pidfd {

    /** Result of {@link #open} for a process that is no more. */
    static final int GONE = -1;

    private static final int POLLFD_LENGTH = 8;
    private static final short POLLIN = 1;
    private static final long SYSCALL = Libc.symbol("syscall");
    private static final long POLL = Libc.symbol("poll");

    private Pidfd() {}

    /**
     * The start time is read after the descriptor is open: from then on the descriptor cannot change its process, so a
     * match says that it is the right one.
     *
     * @return a descriptor, close-on-exec; or {@link #GONE}
     */
    static int open(final ProcessIdentity identity) {
        final int fd = Libc.intResult(Libc.call(SYSCALL, Architecture.SYS_PIDFD_OPEN, identity.pid(), 0));
        if (fd < 0) {
            final int errno = Libc.errno();
            // EINVAL: the number belongs to a thread that is not the first of its process, so to no process at all.
            if (errno == Errno.ESRCH || (errno == Errno.EINVAL && identity.pid() > 0)) {
                return GONE;
            }
            throw new PosixException(errno, "pidfd_open", "pid " + identity.pid(), remedy(errno));
        }
        boolean same = false;
        try {
            same = ProcessIdentity.of(identity.pid()).filter(identity::equals).isPresent();
        } finally {
            if (!same) {
                Libc.close(fd);
            }
        }
        return same ? fd : GONE;
    }

    /** Whether the signal was sent; false if the process has been reaped. */
    static boolean send(final int fd, final int signal) {
        if (Libc.intResult(Libc.call(SYSCALL, Architecture.SYS_PIDFD_SEND_SIGNAL, fd, signal, 0, 0)) == 0) {
            return true;
        }
        final int errno = Libc.errno();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new PosixException(errno, "pidfd_send_signal", Signals.name(signal), remedy(errno));
    }

    /** Blocks until the process has ended, or the time is over; whether it has ended. */
    static boolean awaitExit(final int fd, final long timeoutNs) {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        final long pollfd = Libc.allocate(POLLFD_LENGTH);
        try {
            Libc.memory().putInt(pollfd, fd);
            Libc.memory().putShort(pollfd + 4, POLLIN);
            while (true) {
                final long leftNs = Math.max(0, deadlineNs - System.nanoTime());
                final long leftMs = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(leftNs + 999_999));
                final int ready = Libc.intResult(Libc.call(POLL, pollfd, 1, leftMs));
                if (ready > 0) {
                    return true;
                }
                if (ready < 0 && Libc.errno() != Errno.EINTR) {
                    throw new PosixException(Libc.errno(), "poll", "pidfd", null);
                }
                if (leftNs == 0) {
                    return false;
                }
            }
        } finally {
            Libc.free(pollfd);
        }
    }

    private static String remedy(final int errno) {
        return switch (errno) {
            case Errno.ENOSYS -> "Thornback needs Linux 5.4 or later (pidfd_open with poll)";
            case Errno.EPERM -> "a seccomp filter may forbid pidfd calls: update the container runtime";
            default -> null;
        };
    }
}
