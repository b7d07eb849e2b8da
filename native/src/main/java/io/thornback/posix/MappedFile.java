/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A whole file mapped shared ({@code mmap(2)}), of any length: 64-bit sizes, no dependence on the JDK's internals.
 *
 * <p><b>Reserved or sparse.</b> Writing to a page that the file system cannot supply kills the JVM by SIGBUS. So pages
 * are reserved by {@code fallocate(2)} before anybody learns that they exist: all of them by {@link #create}, range by
 * range by {@link #createSparse} and {@link #reserve}; a full tmpfs is then a {@link SharedMemoryFullException}. For the
 * same reason nobody may truncate the file while it is mapped anywhere.
 *
 * <p><b>Owner.</b> Whoever made this object closes it, once, when no thread touches the memory any more: buffers made
 * here neither keep the mapping nor know of its end, and using one after {@link #close} is undefined (most likely the
 * JVM dies by SIGSEGV). The file is not deleted by close; unlinking it does not disturb mappings.
 *
 * <p>Any thread may call, {@link #close} apart. Descriptors: {@link #createSparse} and {@link #open} keep one (for
 * reserve), the other two none; it is close-on-exec. Address space is not memory: a sparse mapping costs nothing.
 */
public final class MappedFile implements AutoCloseable {

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int SEEK_END = 2;
    private static final int OWNER_ONLY = 0600;
    private static final int NO_DESCRIPTOR = -1;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;

    /** Small enough that a profiler's signals, some milliseconds apart, leave each step time to finish. */
    private static final long RESERVE_STEP_BYTES = 4L << 20;

    private static final long MMAP = Libc.symbol("mmap");
    private static final long MUNMAP = Libc.symbol("munmap");
    private static final long FTRUNCATE = Libc.symbol("ftruncate");
    private static final long FALLOCATE = Libc.symbol("fallocate");
    private static final long LSEEK = Libc.symbol("lseek");
    private static final long MADVISE = Libc.symbol("madvise");
    private static final long UNLINK = Libc.symbol("unlink");

    private final Path path;
    private final long address;
    private final long sizeBytes;
    private final boolean writable;
    private final int fd;
    private boolean closed;

    private MappedFile(
            final Path path, final long address, final long sizeBytes, final boolean writable, final int fd) {
        this.path = path;
        this.address = address;
        this.sizeBytes = sizeBytes;
        this.writable = writable;
        this.fd = fd;
    }

    /**
     * Makes a file of zeroes with every page reserved, mode 0600, and maps it for reading and writing. On failure
     * nothing is left behind.
     *
     * @param path      must not exist
     * @param sizeBytes 1 or more
     * @throws SharedMemoryFullException if the file system has not that much
     * @throws PosixException            otherwise; EEXIST if there is such a file
     */
    public static MappedFile create(final Path path, final long sizeBytes) {
        final int fd = createFile(path, sizeBytes);
        try {
            fallocate(fd, path, 0, sizeBytes);
            final long address = map(fd, path, sizeBytes, PROT_READ | PROT_WRITE);
            Libc.close(fd);
            return new MappedFile(path, address, sizeBytes, true, NO_DESCRIPTOR);
        } catch (final RuntimeException e) {
            discard(fd, path);
            throw e;
        }
    }

    /** As {@link #create}, but without a page to it: each range must be {@link #reserve}d before it is touched. */
    public static MappedFile createSparse(final Path path, final long sizeBytes) {
        final int fd = createFile(path, sizeBytes);
        try {
            return new MappedFile(path, map(fd, path, sizeBytes, PROT_READ | PROT_WRITE), sizeBytes, true, fd);
        } catch (final RuntimeException e) {
            discard(fd, path);
            throw e;
        }
    }

    /**
     * Maps a whole existing file for reading and writing.
     *
     * @throws PosixException if there is none (ENOENT), or it may not be opened, or it is empty (EINVAL)
     */
    public static MappedFile open(final Path path) {
        return open(path, 1);
    }

    /** As {@link #open(Path)}, for a file that must have {@code minimumBytes} at least (EINVAL if it is shorter). */
    public static MappedFile open(final Path path, final long minimumBytes) {
        final int fd = openFile(path, Libc.O_RDWR);
        try {
            final long length = checkedLength(fd, path, minimumBytes);
            return new MappedFile(path, map(fd, path, length, PROT_READ | PROT_WRITE), length, true, fd);
        } catch (final RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /**
     * Maps a whole existing file for reading. A write through such a mapping kills the JVM, and {@link #buffer} cannot
     * prevent it ({@link #byteBuffer} can, and does).
     *
     * @throws PosixException as {@link #open(Path)}
     */
    public static MappedFile openReadOnly(final Path path) {
        return openReadOnly(path, 1);
    }

    /** As {@link #openReadOnly(Path)}, for a file that must have {@code minimumBytes} at least. */
    public static MappedFile openReadOnly(final Path path, final long minimumBytes) {
        final int fd = openFile(path, Libc.O_RDONLY);
        try {
            final long length = checkedLength(fd, path, minimumBytes);
            return new MappedFile(path, map(fd, path, length, PROT_READ), length, false, NO_DESCRIPTOR);
        } finally {
            Libc.close(fd);
        }
    }

    /**
     * Sees to it that every page of the range exists, so that touching it cannot fail. What exists already is left as it
     * is; new pages are zeroes. Blocks for the time the kernel needs to clear them (0.1 s for 1 GiB, and more).
     *
     * <p>All or nothing, unless a signal interrupts a long call: then it goes on in steps, and steps done before the
     * device was full stay reserved.
     *
     * @throws SharedMemoryFullException if the file system has not that much
     * @throws IllegalStateException     on a mapping that was made by create or openReadOnly, or is closed
     */
    public void reserve(final long offset, final long length) {
        checkRange(offset, length);
        synchronized (this) {
            checkReservable();
            if (length > 0) {
                fallocate(fd, path, offset, length);
            }
        }
    }

    /**
     * Gives the pages of a range back to the file system; the range reads as zeroes, and must be {@link #reserve}d before it is
     * touched again. Only whole pages are given back: what the range has of others is zeroed.
     *
     * @throws PosixException        EOPNOTSUPP if this file system cannot
     * @throws IllegalStateException as of {@link #reserve}
     */
    public void giveBack(final long offset, final long length) {
        checkRange(offset, length);
        synchronized (this) {
            checkReservable();
            int errno = Errno.EINTR;
            while (length > 0 && errno == Errno.EINTR) {
                errno = Libc.intResult(Libc.call(
                                        FALLOCATE, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length))
                                == 0
                        ? 0
                        : Libc.errno();
            }
            if (length > 0 && errno != 0) {
                throw new PosixException(
                        errno, "fallocate (punch hole)", path.toString(), "offset=" + offset + " length=" + length);
            }
        }
    }

    /**
     * Asks for transparent huge pages in this mapping ({@code MADV_HUGEPAGE}). Whether the kernel follows is up to
     * {@code /sys/kernel/mm/transparent_hugepage}.
     *
     * @return false if this kernel does not take the advice
     */
    public boolean adviseHugePages() {
        return Libc.intResult(Libc.call(MADVISE, address, sizeBytes, MADV_HUGEPAGE)) == 0;
    }

    /**
     * Maps the pages of a range into this process for writing, with one call in place of a fault for each
     * ({@code MADV_POPULATE_WRITE}, Linux 5.14). The pages must have been reserved.
     *
     * @param offset multiple of the page size
     * @return false if this kernel cannot, or had no memory: the pages come one by one then
     */
    public boolean populate(final long offset, final long length) {
        checkRange(offset, length);
        return Libc.intResult(Libc.call(MADVISE, address + offset, length, MADV_POPULATE_WRITE)) == 0;
    }

    /** Where the file begins in this process. */
    public long address() {
        return address;
    }

    /** Length of the file when it was mapped. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** As it was given. */
    public Path path() {
        return path;
    }

    /** A flyweight over a range; bounds are checked here once and by the buffer at each access. */
    public UnsafeBuffer buffer(final long offset, final int length) {
        checkRange(offset, length);
        return new UnsafeBuffer(address + offset, length);
    }

    /** A direct buffer over a range, in native byte order; read-only if the mapping is. */
    public ByteBuffer byteBuffer(final long offset, final int length) {
        checkRange(offset, length);
        final ByteBuffer buffer = Libc.memory().newDirectByteBuffer(address + offset, length);
        return (writable ? buffer : buffer.asReadOnlyBuffer()).order(ByteOrder.nativeOrder());
    }

    /** Unmaps; the second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        final long result = Libc.call(MUNMAP, address, sizeBytes);
        final int errno = Libc.errno();
        if (fd != NO_DESCRIPTOR) {
            Libc.close(fd);
        }
        if (result != 0) {
            throw new PosixException(errno, "munmap", path.toString(), null);
        }
    }

    @Override
    public String toString() {
        return "MappedFile[" + path + " sizeBytes=" + sizeBytes + (writable ? "" : " read-only") + ']';
    }

    private void checkReservable() {
        if (fd == NO_DESCRIPTOR) {
            throw new IllegalStateException(path + ": nothing to reserve in a read-only or fully reserved mapping");
        }
        if (closed) {
            throw new IllegalStateException(path + " is closed");
        }
    }

    private void checkRange(final long offset, final long length) {
        Objects.checkFromIndexSize(offset, length, sizeBytes);
    }

    private static int createFile(final Path path, final long sizeBytes) {
        if (sizeBytes <= 0) {
            throw new IllegalArgumentException(path + ": sizeBytes=" + sizeBytes + ", must be 1 or more");
        }
        final int fd = Libc.open(path.toString(), Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, OWNER_ONLY);
        if (fd == -Errno.ENOSPC) {
            throw new SharedMemoryFullException(Errno.ENOSPC, "open", path.toString(), sizeBytes);
        }
        if (fd < 0) {
            final String remedy = fd == -Errno.EEXIST ? "files are never recreated within a session" : null;
            throw new PosixException(-fd, "open (create)", path.toString(), remedy);
        }
        if (Libc.intResult(Libc.call(FTRUNCATE, fd, sizeBytes)) != 0) {
            final int errno = Libc.errno();
            discard(fd, path);
            throw new PosixException(errno, "ftruncate", path.toString(), "sizeBytes=" + sizeBytes);
        }
        return fd;
    }

    private static int openFile(final Path path, final int flags) {
        final int fd = Libc.open(path.toString(), flags, 0);
        if (fd < 0) {
            throw new PosixException(-fd, "open", path.toString(), null);
        }
        return fd;
    }

    private static void discard(final int fd, final Path path) {
        Libc.close(fd);
        final long name = Libc.newCString(path.toString());
        Libc.call(UNLINK, name);
        Libc.free(name);
    }

    private static long checkedLength(final int fd, final Path path, final long minimumBytes) {
        final long length = Libc.call(LSEEK, fd, 0, SEEK_END);
        if (length < 0) {
            throw new PosixException(Libc.errno(), "lseek", path.toString(), null);
        }
        if (length < minimumBytes) {
            throw new PosixException(
                    Errno.EINVAL,
                    "mmap",
                    path.toString(),
                    "lengthBytes=" + length + " minimumBytes=" + minimumBytes + ": the file is not complete");
        }
        return length;
    }

    private static long map(final int fd, final Path path, final long length, final int protection) {
        final long address = Libc.call(MMAP, 0, length, protection, MAP_SHARED, fd, 0);
        if (address == -1) {
            throw new PosixException(Libc.errno(), "mmap", path.toString(), "sizeBytes=" + length);
        }
        return address;
    }

    private static void fallocate(final int fd, final Path path, final long offset, final long length) {
        int errno = fallocateOnce(fd, offset, length);
        if (errno == Errno.EINTR) {
            final long end = offset + length;
            for (long at = offset; at < end && (errno == Errno.EINTR || errno == 0); ) {
                final long step = Math.min(RESERVE_STEP_BYTES, end - at);
                errno = fallocateOnce(fd, at, step);
                at += errno == 0 ? step : 0;
            }
        }
        if (errno == Errno.ENOSPC || errno == Errno.ENOMEM) {
            throw new SharedMemoryFullException(errno, "fallocate", path.toString(), length);
        }
        if (errno != 0) {
            final String remedy =
                    errno == Errno.EOPNOTSUPP ? "keep it on tmpfs, hugetlbfs, ext4 or xfs" : "offset=" + offset;
            throw new PosixException(errno, "fallocate", path.toString(), remedy + " length=" + length);
        }
    }

    private static int fallocateOnce(final int fd, final long offset, final long length) {
        return Libc.intResult(Libc.call(FALLOCATE, fd, 0, offset, length)) == 0 ? 0 : Libc.errno();
    }
}
