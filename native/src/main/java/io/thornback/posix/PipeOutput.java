/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The writing end of a pipe. Unbuffered; a write blocks while the pipe is full, and throws once nobody has the reading end
 * (the JVM ignores SIGPIPE). Writes of at most 4096 bytes are not interleaved with others.
 */
final class PipeOutput extends OutputStream {

    private static final int CHUNK_LENGTH = 4096;
    private static final long WRITE = Libc.symbol("write");

    private final int fd;
    private final String peer;
    private boolean closed;

    PipeOutput(final int fd, final String peer) {
        this.fd = fd;
        this.peer = peer;
    }

    @Override
    public void write(final int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(final byte[] bytes, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("control pipe of " + peer + " is closed");
        }
        final long memory = Libc.allocate(CHUNK_LENGTH);
        try {
            for (int done = 0; done < length; ) {
                final int chunk = Math.min(CHUNK_LENGTH, length - done);
                Libc.memory().putByteArray(memory, bytes, offset + done, chunk);
                final long written = Libc.call(WRITE, fd, memory, chunk);
                if (written < 0 && Libc.errno() != Errno.EINTR) {
                    throw new IOException("write to " + peer + ": " + Errno.describe(Libc.errno()));
                }
                done += (int) Math.max(0, written);
            }
        } finally {
            Libc.free(memory);
        }
    }

    /** The reader sees the end of the stream; the second call does nothing. Waits for a write that is going on. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.close(fd);
        }
    }
}
