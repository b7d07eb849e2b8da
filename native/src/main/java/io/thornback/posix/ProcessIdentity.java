/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.util.Optional;

/**
 * A process, told apart from a later one that got the same pid. Valid within one boot and one pid namespace: all
 * processes of a node must see the same {@code /proc}.
 *
 * <p>Any thread. Each call but the accessors reads one small file of {@code /proc} (about 5 µs) and allocates.
 *
 * @param pid        process id
 * @param startTicks when it started, in clock ticks since boot (field 22 of {@code /proc/<pid>/stat})
 */
public record ProcessIdentity(long pid, long startTicks) {

    /** The calling process. */
    public static ProcessIdentity current() {
        return Current.IDENTITY;
    }

    /** The process that has this pid now, a zombie included; empty if there is none. */
    public static Optional<ProcessIdentity> of(final long pid) {
        return ProcessStat.read(pid).map(ProcessStat::identity);
    }

    /**
     * Whether this very process exists and has a thread that can still run. A zombie is not alive, and neither is a
     * later process with the same pid; a stopped one (SIGSTOP) is.
     */
    public boolean isAlive() {
        return ProcessStat.read(pid)
                .filter(stat -> stat.startTicks() == startTicks && !stat.isDead())
                .isPresent();
    }

    private static final class Current {
        private static final ProcessIdentity IDENTITY = ProcessStat.self().identity();
    }
}
