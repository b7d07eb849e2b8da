/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.util.OptionalLong;

/**
 * Whether something keeps the host's clock right, as the kernel knows it ({@code adjtimex(2)}; nothing is changed). Any thread; does not wait.
 */
public final class SystemClock {
    private static final int TIMEX_LENGTH = 208;
    private static final int MAX_ERROR_OFFSET = 24;
    private static final int TIME_ERROR = 5;

    private SystemClock() {}

    /**
     * How far the clock may be from the truth, in µs; empty if nobody keeps it.
     *
     * @throws PosixException if the kernel does not say, as in some containers
     */
    public static OptionalLong maxErrorUs() {
        final long timex = Libc.allocate(TIMEX_LENGTH);
        try {
            final int state = Libc.intResult(Libc.call(Libc.symbol("adjtimex"), timex));
            if (state < 0) {
                throw new PosixException(Libc.errno(), "adjtimex", null, null);
            }
            return state == TIME_ERROR
                    ? OptionalLong.empty()
                    : OptionalLong.of(Libc.memory().getLong(timex + MAX_ERROR_OFFSET));
        } finally {
            Libc.free(timex);
        }
    }
}
