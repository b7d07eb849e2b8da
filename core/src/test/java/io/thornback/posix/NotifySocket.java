/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.charset.StandardCharsets;

/** The socket that systemd has for a service: a datagram socket of the abstract namespace. One thread. */
public final class NotifySocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int LENGTH = 4096;

    private final int fd;
    private final long memory = Libc.allocate(LENGTH);

    /**
     * Binds it.
     *
     * @param name as in NOTIFY_SOCKET, with the @
     * @param patienceS how long {@link #receive} waits
     */
    public NotifySocket(final String name, final int patienceS) {
        fd = Libc.intResult(Libc.call(Libc.symbol("socket"), AF_UNIX, SOCK_DGRAM | Libc.O_CLOEXEC, 0));
        Libc.memory().putLong(memory, patienceS);
        Libc.memory().putLong(memory + 8, 0);
        check(Libc.call(Libc.symbol("setsockopt"), fd, SOL_SOCKET, SO_RCVTIMEO, memory, 16), "setsockopt");
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        bytes[0] = 0;
        Libc.memory().putShort(memory, (short) AF_UNIX);
        Libc.memory().putByteArray(memory + 2, bytes, 0, bytes.length);
        check(Libc.call(Libc.symbol("bind"), fd, memory, 2 + bytes.length), "bind");
    }

    private static void check(final long result, final String call) {
        if (Libc.intResult(result) != 0) {
            throw new PosixException(Libc.errno(), call, null, null);
        }
    }

    /** The next datagram. */
    public String receive() {
        final int length = Libc.intResult(Libc.call(Libc.symbol("recv"), fd, memory, LENGTH, 0));
        if (length < 0) {
            throw new PosixException(Libc.errno(), "recv", null, "nothing was sent in time");
        }
        final byte[] bytes = new byte[length];
        Libc.memory().getByteArray(memory, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Libc.close(fd);
        Libc.free(memory);
    }
}
