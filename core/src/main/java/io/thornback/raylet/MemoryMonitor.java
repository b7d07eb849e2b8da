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
    private static final int FAR_SKIP = 3;

    private final Supplier<MemoryUsage> reader;
    private final MemoryPolicy policy;
    private final Consumer<MemoryUsage> listener;
    private final Chore chore;
    private boolean wasShort;
    /** How often the chore is not to look. */
    private int skip;

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
        this.chore = new Chore("memory-monitor", intervalMs, this::lookIfDue);
    }

    void start() {
        chore.start();
    }

    private void lookIfDue() {
        if (skip > 0) {
            skip--;
        } else {
            look();
        }
    }

    /** Looks once; if less than half is in use of what may be, the next few times need not be. */
    void look() {
        final MemoryUsage usage = reader.get();
        skip = policy.isFarFromShort(usage) ? FAR_SKIP : 0;
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
