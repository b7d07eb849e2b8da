/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** So many of some things. It is run once for each that is there; any thread. One thread waits for it. */
final class CountedGoal implements InboxTurn.Goal, Runnable {
    private final CountDownLatch missing;
    private volatile Runnable waker;

    CountedGoal(final int count) {
        missing = new CountDownLatch(count);
    }

    @Override
    public void run() {
        missing.countDown();
        final Runnable atInbox = waker;
        if (atInbox != null && isReached()) {
            atInbox.run();
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

    @Override
    public void addWaker(final Runnable atInbox) {
        waker = atInbox;
    }

    @Override
    public void removeWaker(final Runnable atInbox) {
        waker = null;
    }
}
