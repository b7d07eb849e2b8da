/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The reading end of a pipe. A read blocks until there is something, the last writer has gone (-1), or another thread
 * closes the stream (an IOException): it polls the pipe together with an eventfd that {@link #close} rings.
 */
final class PipeInput extends InputStream {

    private static final int CHUNK_LENGTH = 4096;
    private static final int POLLFD_LENGTH = 8;
    private static final short POLLIN = 1;
    private static final long FIONREAD = 0x541B;

    private static final long READ = Libc.symbol("read");
    private static final long POLL = Libc.symbol("poll");
    private static final long IOCTL = Libc.symbol("ioctl");

    private final int fd;
    private final String peer;
    private final EventFd bell;
    private volatile boolean closed;

    PipeInput(final int fd, final String peer) {
        this.fd = fd;
        this.peer = peer;
        this.bell = new EventFd();
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(final byte[] bytes, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        final long memory = Libc.allocate(CHUNK_LENGTH);
        try {
            awaitReadable(memory);
            long count;
            do {
                count = Libc.call(READ, fd, memory, Math.min(CHUNK_LENGTH, length));
            } while (count < 0 && Libc.errno() == Errno.EINTR);
            if (count < 0) {
                throw new IOException("read from " + peer + ": " + Errno.describe(Libc.errno()));
            }
            Libc.memory().getByteArray(memory, bytes, offset, (int) count);
            return count == 0 ? -1 : (int) count;
        } finally {
            Libc.free(memory);
        }
    }

    /** Bytes that can be read without blocking; 0 also at the end of the stream. */
    @Override
    public synchronized int available() throws IOException {
        checkOpen();
        final long memory = Libc.allocate(Integer.BYTES);
        try {
            if (Libc.intResult(Libc.call(IOCTL, fd, FIONREAD, memory)) != 0) {
                throw new IOException("ioctl FIONREAD of " + peer + ": " + Errno.describe(Libc.errno()));
            }
            return Libc.memory().getInt(memory);
        } finally {
            Libc.free(memory);
        }
    }

    /** Ends a read that is going on, then gives the descriptors back; the second call does nothing. */
    @Override
    public void close() {
        closed = true;
        bell.ring();
        synchronized (this) { // the reader is out
            if (bell.close()) {
                Libc.close(fd);
            }
        }
    }

    private void awaitReadable(final long pollfds) throws IOException {
        while (true) {
            checkOpen();
            Libc.memory().putInt(pollfds, fd);
            Libc.memory().putInt(pollfds + 4, POLLIN); // revents, the upper half, becomes 0
            Libc.memory().putInt(pollfds + POLLFD_LENGTH, bell.fd());
            Libc.memory().putInt(pollfds + POLLFD_LENGTH + 4, POLLIN);
            final int ready = Libc.intResult(Libc.call(POLL, pollfds, 2, -1));
            if (ready < 0 && Libc.errno() != Errno.EINTR) {
                throw new IOException("poll of " + peer + ": " + Errno.describe(Libc.errno()));
            }
            if (ready > 0 && Libc.memory().getShort(pollfds + 6) != 0) {
                checkOpen();
                return;
            }
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("status pipe of " + peer + " is closed");
        }
    }
}
