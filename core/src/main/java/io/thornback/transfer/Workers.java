/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what may wait for the store, which the network thread must not: made when needed, gone when idle. */
final class Workers {
    private static final long KEEP_ALIVE_S = 10;

    private Workers() {}

    /**
     * @param name of the threads
     * @param threads most at once
     * @param queued tasks that may wait for a thread; what is more is refused by RejectedExecutionException
     */
    static ThreadPoolExecutor create(String name, int threads, int queued) {
        final AtomicInteger next = new AtomicInteger();
        final ThreadPoolExecutor workers = new ThreadPoolExecutor(
                threads, threads, KEEP_ALIVE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queued), task -> {
                    final Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }
}
