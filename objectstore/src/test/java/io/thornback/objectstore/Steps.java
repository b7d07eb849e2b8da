/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands in for the empty class of the product, which it hides on the tests' class path. {@code -Dthornback.step=SEAL_INDEXED:3} ends the process by SIGKILL when it comes
 * to that step for the third time; {@code SEAL_WRITTEN:3:STOP} stops it instead, until somebody continues or kills it.
 */
final class Steps {
    private static final Step CHOSEN;
    private static final AtomicLong LEFT = new AtomicLong();
    private static final boolean STOPS;

    static {
        final String[] choice = System.getProperty("thornback.step", "").split(":");
        CHOSEN = choice[0].isEmpty() ? null : Step.valueOf(choice[0]);
        LEFT.set(choice.length > 1 ? Long.parseLong(choice[1]) : 1);
        STOPS = choice.length > 2 && choice[2].equals("STOP");
    }

    private Steps() {}

    static void reached(final Step step) {
        if (step == CHOSEN && LEFT.decrementAndGet() == 0) {
            end();
        }
    }

    private static void end() {
        if (STOPS) {
            ProcessControl.signal(ProcessIdentity.current(), Signals.STOP);
            return;
        }
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
        while (true) {
            LockSupport.parkNanos(1_000_000); // nothing of this thread may come after the step
        }
    }
}
