/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel's wait queue behind a 32-bit word in shared memory (<a
 * href="https://man7.org/linux/man-pages/man2/futex.2.html">futex(2)</a>), of the shared kind: the word may be mapped
 * at different addresses in different processes.
 *
 * <p>Neither call is a fence of Java's memory model. The protocol around it (store PARKED, full fence, look again, await;
 * publish, read-modify-write, read the word, wake) is the caller's.
 *
 * <p>Any thread may call. A warm call costs about 0.2 µs beyond the system call itself and allocates nothing; the first
 * await of a thread allocates its 16 bytes for the time-out. Measured figures are in the package's page.
 */
public final class Futex {

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final long SYSCALL = Libc.symbol("syscall");
    private static final long NUMBER = Architecture.CURRENT.futexNumber;
    private static final ThreadLocal<Timespec> TIMEOUT = ThreadLocal.withInitial(Timespec::new);

    private Futex() {}

    /**
     * Blocks while the word holds {@code expected}: until a {@link #wake}, the time-out, or a signal. It may also return
     * for no reason at all; the caller looks at its condition again. The kernel compares the word and queues the thread
     * in one step, so a wake after a changed word is never missed.
     *
     * <p>Thread interruption does not end it: choose the time-out accordingly.
     *
     * @param address   of the word, a multiple of 4, in memory that stays mapped during the call
     * @param expected  value at which to wait; any other makes the call return at once
     * @param timeoutNs relative, measured by CLOCK_MONOTONIC; zero or less returns at once
     * @throws PosixException if the address is not mapped or not aligned
     */
    public static void await(final long address, final int expected, final long timeoutNs) {
        if (timeoutNs <= 0) {
            return;
        }
        final long timespec = TIMEOUT.get().set(timeoutNs);
        final long result = Libc.call(SYSCALL, NUMBER, address, FUTEX_WAIT, expected, timespec);
        if (result < 0) {
            final int errno = Libc.errno();
            if (errno != Errno.EAGAIN && errno != Errno.EINTR && errno != Errno.ETIMEDOUT) {
                throw new PosixException(errno, "futex wait", "0x" + Long.toHexString(address), null);
            }
        }
    }

    /**
     * Wakes up to {@code count} threads, of any process, that wait at this word.
     *
     * @return how many were waiting and have been woken
     * @throws PosixException if the address is not mapped or not aligned
     */
    public static int wake(final long address, final int count) {
        final long result = Libc.call(SYSCALL, NUMBER, address, FUTEX_WAKE, count);
        if (result < 0) {
            throw new PosixException(Libc.errno(), "futex wake", "0x" + Long.toHexString(address), null);
        }
        return (int) result;
    }

    /** {@code struct timespec} of one thread; its memory goes with the thread. */
    private static final class Timespec {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        private final long address = MemoryIO.getInstance().getDirectBufferAddress(memory);

        long set(final long timeoutNs) {
            memory.putLong(0, timeoutNs / NANOS_PER_SECOND);
            memory.putLong(8, timeoutNs % NANOS_PER_SECOND);
            return address;
        }
    }
}
