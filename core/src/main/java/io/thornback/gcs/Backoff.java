/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.random.RandomGenerator;

/** Delays that double from one try to the next up to a limit, each with up to a quarter of jitter either way. */
public final class Backoff {
    private final long firstMs;
    private final long maxMs;
    private final RandomGenerator random;
    private long nextMs;

    /**
     * @param firstMs about how long the first is
     * @param maxMs about how long the longest are
     * @param random makes the jitter
     */
    public Backoff(long firstMs, long maxMs, RandomGenerator random) {
        this.firstMs = firstMs;
        this.maxMs = maxMs;
        this.random = random;
        this.nextMs = firstMs;
    }

    /** How long to wait before the next try. */
    public long nextDelayMs() {
        final long base = nextMs;
        nextMs = Math.min(maxMs, nextMs * 2);
        // Many nodes lose one head at one moment; without jitter they would all come back at one moment too.
        return base - base / 4 + random.nextLong(Math.max(1, base / 2));
    }

    /** The next is the first again. */
    public void reset() {
        nextMs = firstMs;
    }
}
