/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The fields of {@code /proc/<pid>/stat} that this package needs (<a
 * href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>).
 *
 * @param pid        process id
 * @param state      one letter; Z, X and x are dead
 * @param parentPid  field 4
 * @param session    field 6
 * @param threads    field 20
 * @param startTicks field 22, clock ticks since boot
 */
record ProcessStat(long pid, char state, long parentPid, long session, int threads, long startTicks) {

    /** 52 numbers and a command of at most 64 bytes are shorter. */
    private static final int MAX_LENGTH = 2048;

    private static final long READ = Libc.symbol("read");

    /** Empty if there is no such process. */
    static Optional<ProcessStat> read(final long pid) {
        return read("/proc/" + pid + "/stat");
    }

    static ProcessStat self() {
        return read("/proc/self/stat")
                .orElseThrow(() -> new PosixException(Errno.ENOENT, "open", "/proc/self/stat", "mount /proc"));
    }

    /**
     * Raw calls, because an error must not be taken for a death: with java.nio an interrupted thread, or a process out of
     * descriptors, would see an IOException like any other.
     */
    private static Optional<ProcessStat> read(final String path) {
        final int fd = Libc.open(path, Libc.O_RDONLY, 0);
        if (fd < 0) {
            if (fd == -Errno.ENOENT || fd == -Errno.ESRCH) {
                return Optional.empty();
            }
            throw new PosixException(-fd, "open", path, null);
        }
        final long memory = Libc.allocate(MAX_LENGTH);
        try {
            final int length = Libc.intResult(Libc.call(READ, fd, memory, MAX_LENGTH));
            if (length < 0) {
                final int errno = Libc.errno();
                if (errno == Errno.ESRCH) {
                    return Optional.empty();
                }
                throw new PosixException(errno, "read", path, null);
            }
            final byte[] line = new byte[length];
            Libc.memory().getByteArray(memory, line, 0, length);
            return Optional.of(parse(new String(line, StandardCharsets.ISO_8859_1)));
        } finally {
            Libc.free(memory);
            Libc.close(fd);
        }
    }

    /** The command, field 2, stands in brackets and may itself hold brackets and blanks: fields count from the last. */
    static ProcessStat parse(final String line) {
        final int end = line.lastIndexOf(')');
        if (end < 0) {
            throw new IllegalArgumentException("not a line of /proc/<pid>/stat: \"" + line + '"');
        }
        final String[] fields = line.substring(end + 2).trim().split(" ", -1);
        return new ProcessStat(
                Long.parseLong(line.substring(0, line.indexOf(' '))),
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[3]),
                Integer.parseInt(fields[17]),
                Long.parseLong(fields[19]));
    }

    /**
     * Whether no thread of the process can touch memory any more. A killed process whose first thread is a zombie
     * already may have others that still run for a moment; they are counted in {@code threads}.
     */
    boolean isDead() {
        return state == 'X' || state == 'x' || (state == 'Z' && threads <= 1);
    }

    ProcessIdentity identity() {
        return new ProcessIdentity(pid, startTicks);
    }
}
