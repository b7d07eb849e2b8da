/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryUsage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every quarter of a second how much memory is in use, and tells the raylet when it is too much. A thread of its own, so that the agent is woken only when there is something to decide.
 */
final class MemoryMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryMonitor.class);

    private final Supplier<MemoryUsage> reader;
    private final MemoryPolicy policy;
    private final Consumer<MemoryUsage> onShort;
    private final long intervalMs;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "memory-monitor");

    /**
     * @param reader asked on this class's thread.
     * @param policy asked whether it is too much; nothing else of it is touched here.
     * @param onShort told on this class's thread, each time.
     */
    MemoryMonitor(
            final Supplier<MemoryUsage> reader,
            final MemoryPolicy policy,
            final Consumer<MemoryUsage> onShort,
            final long intervalMs) {
        this.reader = reader;
        this.policy = policy;
        this.onShort = onShort;
        this.intervalMs = intervalMs;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(intervalMs, TimeUnit.MILLISECONDS)) {
                final MemoryUsage usage = reader.get();
                if (policy.isShort(usage)) {
                    onShort.accept(usage);
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final RuntimeException e) {
            LOG.error("the memory monitor has failed and ends; the kernel alone watches the memory now", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
