/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Tells systemd how a service is doing (<a
 * href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>): one datagram to the
 * socket that {@code NOTIFY_SOCKET} names. Any thread; does not wait.
 */
public final class SdNotify {

    /** The service is up. */
    public static final String READY = "READY=1";

    /** The service is going down. */
    public static final String STOPPING = "STOPPING=1";

    /** It is well; wanted as often as WATCHDOG_USEC says. */
    public static final String WATCHDOG = "WATCHDOG=1";

    /** It starts or stops, and may take so long from now on, whatever the limit in its unit; a longer limit stays. */
    public static String extendTimeout(final Duration limit) {
        return "EXTEND_TIMEOUT_USEC=" + TimeUnit.MILLISECONDS.toMicros(limit.toMillis());
    }

    /** Variables of this protocol; they are for one process, not for those that it starts. */
    public static final List<String> VARIABLES = List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");

    private static final String VARIABLE = "NOTIFY_SOCKET";
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_LENGTH = 2;
    private static final int PATH_LENGTH = 108;

    private SdNotify() {}

    /**
     * @param state lines of NAME=value, e.g. {@link #READY} or {@code STATUS=3 workers}
     * @return false if nobody asked to be told
     * @throws PosixException if somebody did, but cannot be reached
     */
    public static boolean send(final String state) {
        final String socketName = System.getenv(VARIABLE);
        if (socketName == null || socketName.isEmpty()) {
            return false;
        }
        sendTo(socketName, state);
        return true;
    }

    /**
     * How often at least {@link #WATCHDOG} is wanted of a process, in µs; empty if it is not.
     *
     * @param environment of the process
     * @param pid of the process
     */
    public static OptionalLong watchdogUs(final Map<String, String> environment, final long pid) {
        final String interval = environment.getOrDefault("WATCHDOG_USEC", "");
        final String meant = environment.getOrDefault("WATCHDOG_PID", "");
        final boolean isWanted = interval.matches("[1-9]\\d{0,17}")
                && environment.containsKey(VARIABLE)
                && (meant.isEmpty() || meant.equals(Long.toString(pid)));
        return isWanted ? OptionalLong.of(Long.parseLong(interval)) : OptionalLong.empty();
    }

    /** A name is a path, or with @ in front one of the abstract namespace. */
    static void sendTo(final String socketName, final String state) {
        final byte[] name = socketName.getBytes(StandardCharsets.UTF_8);
        if ((name[0] != '/' && name[0] != '@') || name.length > PATH_LENGTH) {
            throw new PosixException(
                    Errno.EINVAL, VARIABLE, socketName, "must be a path or @name of 108 bytes at most");
        }
        final boolean isAbstract = name[0] == '@';
        if (isAbstract) {
            name[0] = 0;
        }
        final int fd = Libc.intResult(Libc.call(Libc.symbol("socket"), AF_UNIX, SOCK_DGRAM | Libc.O_CLOEXEC, 0));
        if (fd < 0) {
            throw new PosixException(Libc.errno(), "socket", socketName, null);
        }
        final byte[] message = state.getBytes(StandardCharsets.UTF_8);
        final long address = Libc.allocate(FAMILY_LENGTH + PATH_LENGTH + 1);
        final long memory = Libc.allocate(message.length + 1L);
        try {
            Libc.memory().putShort(address, (short) AF_UNIX);
            Libc.memory().putByteArray(address + FAMILY_LENGTH, name, 0, name.length);
            Libc.memory().putByteArray(memory, message, 0, message.length);
            final int length = FAMILY_LENGTH + name.length;
            final long sent =
                    Libc.call(Libc.symbol("sendto"), fd, memory, message.length, MSG_NOSIGNAL, address, length);
            if (sent != message.length) {
                throw new PosixException(Libc.errno(), "sendto", socketName, null);
            }
        } finally {
            Libc.free(memory);
            Libc.free(address);
            Libc.close(fd);
        }
    }
}
