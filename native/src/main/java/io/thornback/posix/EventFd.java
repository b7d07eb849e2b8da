/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

/** An {@code eventfd(2)}: a bell that any thread rings and that poll and epoll hear. Close-on-exec. */
final class EventFd {

    private static final long EVENTFD = Libc.symbol("eventfd");
    private static final long READ = Libc.symbol("read");
    private static final long WRITE = Libc.symbol("write");

    private final int fd;
    private boolean closed;

    EventFd() {
        fd = Libc.intResult(Libc.call(EVENTFD, 0, Libc.O_CLOEXEC | Libc.O_NONBLOCK));
        if (fd < 0) {
            throw new PosixException(Libc.errno(), "eventfd", null, null);
        }
    }

    int fd() {
        return fd;
    }

    /** Makes it readable; after close, nothing happens. */
    synchronized void ring() {
        if (!closed) {
            final long one = Libc.allocate(Long.BYTES);
            Libc.memory().putLong(one, 1);
            // It fails only when the counter is at its limit: then the bell has been rung anyway.
            Libc.call(WRITE, fd, one, Long.BYTES);
            Libc.free(one);
        }
    }

    /** Silent again. */
    void clear() {
        final long counter = Libc.allocate(Long.BYTES);
        // EAGAIN says that it was silent.
        Libc.call(READ, fd, counter, Long.BYTES);
        Libc.free(counter);
    }

    /** Whether this call was the first. */
    synchronized boolean close() {
        final boolean first = !closed;
        if (first) {
            closed = true;
            Libc.close(fd);
        }
        return first;
    }
}
