/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** So many of some things. It is run once for each that is there; any thread. */
final class CountedGoal extends InboxTurn.GoalOfOne implements Runnable {
    private final CountDownLatch missing;

    CountedGoal(final int count) {
        missing = new CountDownLatch(count);
    }

    @Override
    public void run() {
        missing.countDown();
        if (isReached()) {
            wakeAtInbox();
        }
    }

    @Override
    public boolean isReached() {
        return missing.getCount() == 0;
    }

    @Override
    @SuppressWarnings("ReturnValueIgnored") // who waits looks again
    public void sleep(final long ns) throws InterruptedException {
        missing.await(ns, TimeUnit.NANOSECONDS);
    }
}
