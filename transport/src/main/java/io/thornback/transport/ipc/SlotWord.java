/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import java.util.Optional;

/**
 * The 64-bit word by which a sender claims a slot: {@code [state:4 | generation:16 | pid:22 | start:22]}, highest bits
 * first. Who claimed it is in the same CAS as the claim, so a claim without an owner does not exist; {@code start} is
 * the low 22 bits of the claimant's start time (11 hours of clock ticks), enough to tell a reused pid.
 *
 * <pre>
 * FREE    -> CLAIMED  producer, CAS: the slot is this process's, its lane file is being made
 * CLAIMED -> READY    producer, CAS: the lane file is complete
 * CLAIMED -> FREE     producer, CAS: it could not make the file;  consumer, CAS: the claimant is dead (generation + 1)
 * READY   -> FREE     consumer, CAS: lane drained and deleted (generation + 1)
 * </pre>
 *
 * The generation wraps after 65,536 senders in one slot. It names files; no decision depends on it never repeating: a CAS
 * that finds FREE may claim, whatever happened in between, and the file of an earlier round is gone before FREE.
 */
final class SlotWord {
    static final int FREE = 0;
    static final int CLAIMED = 1;
    static final int READY = 2;

    private static final int PID_BITS = 22;
    private static final int START_BITS = 22;
    private static final long START_MASK = (1L << START_BITS) - 1;
    private static final long PID_MASK = (1L << PID_BITS) - 1;
    private static final int GENERATION_SHIFT = PID_BITS + START_BITS;
    private static final int STATE_SHIFT = 60;

    private SlotWord() {}

    static long free(int generation) {
        return (generation & 0xFFFFL) << GENERATION_SHIFT;
    }

    static long of(int state, int generation, ProcessIdentity claimant) {
        return ((long) state << STATE_SHIFT)
                | ((generation & 0xFFFFL) << GENERATION_SHIFT)
                | ((claimant.pid() & PID_MASK) << START_BITS)
                | (claimant.startTicks() & START_MASK);
    }

    static int state(long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    static int generation(long word) {
        return (int) (word >>> GENERATION_SHIFT) & 0xFFFF;
    }

    static long pid(long word) {
        return (word >>> START_BITS) & PID_MASK;
    }

    static boolean isClaimant(long word, ProcessIdentity process) {
        return pid(word) == process.pid() && (word & START_MASK) == (process.startTicks() & START_MASK);
    }

    /** Asks the kernel whether the claimant lives. Reads /proc; allocates. */
    static boolean isClaimantAlive(long word) {
        Optional<ProcessIdentity> now = ProcessIdentity.of(pid(word));
        return now.isPresent() && isClaimant(word, now.get()) && now.get().isAlive();
    }
}
