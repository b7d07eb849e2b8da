/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock on a file that the kernel holds for its owner and takes back when the owner ends, however it ends: an
 * open-file-description lock ({@code F_OFD_SETLK}, <a
 * href="https://man7.org/linux/man-pages/man2/fcntl_locking.2.html">fcntl_locking(2)</a>). Unlike the locks of
 * {@code FileChannel} it does not fall when some other descriptor on the file is closed, and it also excludes a second
 * owner within one process.
 *
 * <p>The file says who the owner is (pid and start time), for messages; the lock alone decides. It is never deleted:
 * whoever deletes it breaks the exclusion. Any thread; nothing here waits for the lock.
 */
public final class OwnerLock implements AutoCloseable {

    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;
    private static final int FLOCK_LENGTH = 32;
    private static final int TEXT_LENGTH = 64;
    private static final int OWNER_ONLY = 0600;

    /** How long {@link #holder} gives an owner that has just locked the file to write who it is. */
    private static final long INTRODUCTION_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long PWRITE = Libc.symbol("pwrite");
    private static final long PREAD = Libc.symbol("pread");
    private static final long FTRUNCATE = Libc.symbol("ftruncate");

    private final Path path;
    private final int fd;
    private boolean closed;

    private OwnerLock(final Path path, final int fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Takes the lock; makes the file (mode 0600) if there is none.
     *
     * @return the lock, until closed or the process ends; empty if somebody else has it
     * @throws PosixException if the file cannot be opened, locked or written
     */
    public static Optional<OwnerLock> tryAcquire(final Path path) {
        final int fd = open(path, Libc.O_RDWR | Libc.O_CREAT);
        try {
            final long flock = newWriteLock();
            try {
                if (Libc.fcntl(fd, F_OFD_SETLK, flock) != 0) {
                    final int errno = Libc.errno();
                    if (errno == Errno.EAGAIN || errno == Errno.EACCES) {
                        Libc.close(fd);
                        return Optional.empty();
                    }
                    throw new PosixException(errno, "fcntl F_OFD_SETLK", path.toString(), null);
                }
            } finally {
                Libc.free(flock);
            }
            introduce(fd, path);
            return Optional.of(new OwnerLock(path, fd));
        } catch (final RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /**
     * @return pid of the process that holds the lock; 0 if it is held, but the holder has not said who it is within 0.1 s;
     *     empty if nobody holds it, or there is no such file
     */
    public static Optional<Long> holder(final Path path) {
        final int fd;
        try {
            fd = open(path, Libc.O_RDWR);
        } catch (final PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            final long deadlineNs = System.nanoTime() + INTRODUCTION_NS;
            while (isLocked(fd, path)) {
                final Optional<ProcessIdentity> written = readOwner(fd, path).filter(ProcessIdentity::isAlive);
                if (written.isPresent() || System.nanoTime() - deadlineNs > 0) {
                    return Optional.of(written.map(ProcessIdentity::pid).orElse(0L));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return Optional.empty();
        } finally {
            Libc.close(fd);
        }
    }

    /** Lets go; the second call does nothing. The file stays, empty. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.call(FTRUNCATE, fd, 0);
            Libc.close(fd);
        }
    }

    @Override
    public String toString() {
        return "OwnerLock[" + path + ']';
    }

    private static int open(final Path path, final int flags) {
        final int fd = Libc.open(path.toString(), flags, OWNER_ONLY);
        if (fd < 0) {
            throw new PosixException(-fd, "open", path.toString(), null);
        }
        return fd;
    }

    /** {@code struct flock} for the whole file; its pid stays 0, as these locks demand. */
    private static long newWriteLock() {
        final long flock = Libc.allocate(FLOCK_LENGTH);
        Libc.memory().putShort(flock, F_WRLCK);
        return flock;
    }

    private static boolean isLocked(final int fd, final Path path) {
        final long flock = newWriteLock();
        try {
            if (Libc.fcntl(fd, F_OFD_GETLK, flock) != 0) {
                throw new PosixException(Libc.errno(), "fcntl F_OFD_GETLK", path.toString(), null);
            }
            return Libc.memory().getShort(flock) != F_UNLCK;
        } finally {
            Libc.free(flock);
        }
    }

    private static void introduce(final int fd, final Path path) {
        final ProcessIdentity self = ProcessIdentity.current();
        final byte[] text = (self.pid() + " " + self.startTicks() + "\n").getBytes(StandardCharsets.US_ASCII);
        final long memory = Libc.allocate(TEXT_LENGTH);
        try {
            Libc.memory().putByteArray(memory, text, 0, text.length);
            if (Libc.intResult(Libc.call(FTRUNCATE, fd, 0)) != 0
                    || Libc.call(PWRITE, fd, memory, text.length, 0) != text.length) {
                final int errno = Libc.errno();
                if (errno != Errno.ENOSPC
                        && errno != Errno.EDQUOT) { // a full disk: then the lock is held by somebody nameless
                    throw new PosixException(errno, "write", path.toString(), null);
                }
            }
        } finally {
            Libc.free(memory);
        }
    }

    private static Optional<ProcessIdentity> readOwner(final int fd, final Path path) {
        final long memory = Libc.allocate(TEXT_LENGTH);
        try {
            final int length = (int) Libc.call(PREAD, fd, memory, TEXT_LENGTH, 0);
            if (length < 0) {
                throw new PosixException(Libc.errno(), "read", path.toString(), null);
            }
            final byte[] bytes = new byte[length];
            Libc.memory().getByteArray(memory, bytes, 0, length);
            return parseOwner(new String(bytes, StandardCharsets.US_ASCII));
        } finally {
            Libc.free(memory);
        }
    }

    private static Optional<ProcessIdentity> parseOwner(final String text) {
        if (!text.matches("\\d{1,18} \\d{1,18}\\n")) {
            return Optional.empty();
        }
        final int blank = text.indexOf(' ');
        return Optional.of(new ProcessIdentity(
                Long.parseLong(text.substring(0, blank)),
                Long.parseLong(text.substring(blank + 1).trim())));
    }
}
