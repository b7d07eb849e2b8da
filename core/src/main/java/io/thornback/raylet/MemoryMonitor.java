/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryUsage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks every so often how much memory is in use, and tells the raylet each time that it is too much, and once when it no longer is. A thread of its own, so that the agent is woken only when there is something to
 * decide.
 */
final class MemoryMonitor implements AutoCloseable {
    /** An idle node is to cost next to nothing. */
    private static final int FAR_INTERVALS = 4;

    private final Supplier<MemoryUsage> reader;
    private final MemoryPolicy policy;
    private final Consumer<MemoryUsage> listener;
    private final Chore chore;
    private boolean wasShort;
    private boolean far;

    /**
     * @param reader asked on this class's thread.
     * @param policy asked whether it is too much; nothing else of it is touched here.
     * @param listener told on this class's thread.
     */
    MemoryMonitor(
            final Supplier<MemoryUsage> reader,
            final MemoryPolicy policy,
            final Consumer<MemoryUsage> listener,
            final long intervalMs) {
        this.reader = reader;
        this.policy = policy;
        this.listener = listener;
        this.chore = new Chore("memory-monitor", () -> far ? FAR_INTERVALS * intervalMs : intervalMs, this::look);
    }

    void start() {
        chore.start();
    }

    /** Looks once; if less than half is in use of what may be, the next time may be later. */
    void look() {
        final MemoryUsage usage = reader.get();
        far = policy.isFarFromShort(usage);
        final boolean isShort = policy.isShort(usage);
        if (isShort || wasShort) {
            listener.accept(usage);
        }
        wasShort = isShort;
    }

    @Override
    public void close() {
        chore.close();
    }
}
