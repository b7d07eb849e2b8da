/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.file.Path;

/**
 * Gives parts of a file back to its file system ({@code fallocate(2)} with {@code FALLOC_FL_PUNCH_HOLE}): the file keeps its length, the part reads as
 * zeroes and costs nothing. Any thread; blocks as the file system does.
 */
public final class DiskSpace {
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final long FALLOCATE = Libc.symbol("fallocate");

    private DiskSpace() {}

    /**
     * Frees the blocks of a range; those that it covers only in part are zeroed.
     *
     * @param path   of a file that may be written
     * @param offset in bytes
     * @param length in bytes, 1 or more
     * @return false if this file system cannot do it; nothing has changed then
     * @throws PosixException if it could and did not
     */
    public static boolean punchHole(final Path path, final long offset, final long length) {
        final int fd = Libc.open(path.toString(), Libc.O_RDWR, 0);
        if (fd < 0) {
            throw new PosixException(-fd, "open", path.toString(), null);
        }
        try {
            int errno = Errno.EINTR;
            while (errno == Errno.EINTR) {
                final long result = Libc.call(FALLOCATE, fd, PUNCH_HOLE | KEEP_SIZE, offset, length);
                errno = Libc.intResult(result) == 0 ? 0 : Libc.errno();
            }
            if (errno == Errno.EOPNOTSUPP || errno == Errno.ENOSYS) {
                return false;
            }
            if (errno != 0) {
                throw new PosixException(errno, "fallocate (punch hole)", path.toString(), "length=" + length);
            }
            return true;
        } finally {
            Libc.close(fd);
        }
    }
}
