/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is done again and again until this is closed, on a daemon thread of its own that waits for nothing else. What it throws is logged, the first time of a row, and it is done again: one bad look at a file
 * must not be the last. Started and closed by any thread; closing does not wait for what is being done.
 */
final class Chore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Chore.class);

    private final String name;
    private final LongSupplier pauseMs;
    private final Runnable work;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param name of the thread.
     * @param pauseMs before each time, the first too.
     */
    Chore(final String name, final long pauseMs, final Runnable work) {
        this(name, () -> pauseMs, work);
    }

    /**
     * @param name of the thread.
     * @param pauseMs before each time, the first too; asked each time, on the chore's thread.
     */
    Chore(final String name, final LongSupplier pauseMs, final Runnable work) {
        this.name = name;
        this.pauseMs = pauseMs;
        this.work = work;
    }

    /** Begins. Once. */
    void start() {
        final Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        boolean failing = false;
        try {
            while (!closed.await(pauseMs.getAsLong(), TimeUnit.MILLISECONDS)) {
                try {
                    work.run();
                    failing = false;
                } catch (final RuntimeException e) {
                    if (!failing) {
                        LOG.error("{} has failed; it is tried again in {} ms", name, pauseMs.getAsLong(), e);
                    }
                    failing = true;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
