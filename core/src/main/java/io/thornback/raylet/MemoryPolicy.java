/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryUsage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether memory is so short that a worker has to go, and which: one whose task will run again, the one that began last, for it has the least to lose; else one whose task will not, again the last;
 * an actor only when there is no task. Idle workers go before all of those: their end costs nothing. Remembers when it last chose; reads no clock. {@link #isShort} and {@link #describe}: any thread, the rest: one.
 */
final class MemoryPolicy {
    /** After a choice the memory comes back; until then there is no other. */
    private static final long PAUSE_NS = 1_000_000_000L;

    private final double threshold;
    private long pauseUntilNs;
    private boolean paused;

    /** @param threshold the part of the limit that may be used, at most 1: then only a limit that may be passed, {@code worker.memory-limit}, makes a worker go. */
    MemoryPolicy(final double threshold) {
        this.threshold = threshold;
    }

    /** What a worker does, from the cheapest to lose to the dearest. */
    enum Load {
        IDLE,
        RETRIABLE_TASK,
        TASK,
        ACTOR
    }

    /**
     * A worker that could go.
     *
     * @param number its number.
     * @param load what it does.
     * @param sinceNs when it began to.
     */
    record Candidate(int number, Load load, long sinceNs) {}

    boolean isShort(final MemoryUsage usage) {
        return usage.usedBytes() > threshold * usage.limitBytes();
    }

    /** Whether as much again could be used before it is. */
    boolean isFarFromShort(final MemoryUsage usage) {
        return 2.0 * usage.usedBytes() < threshold * usage.limitBytes();
    }

    /** The worker that has to go; empty if none has to, or one is just going. */
    Optional<Candidate> choose(final MemoryUsage usage, final List<Candidate> candidates, final long nowNs) {
        if (!isShort(usage) || (paused && nowNs - pauseUntilNs < 0)) {
            return Optional.empty();
        }
        final Optional<Candidate> chosen = candidates.stream()
                .min(Comparator.comparing(Candidate::load)
                        .thenComparing(Comparator.comparingLong((Candidate c) -> c.sinceNs() - nowNs)
                                .reversed()));
        if (chosen.isPresent()) {
            paused = true;
            pauseUntilNs = nowNs + PAUSE_NS;
        }
        return chosen;
    }

    /** For people: what is used, what may be, and where the limit comes from. */
    String describe(final MemoryUsage usage) {
        return "used=" + mib(usage.usedBytes()) + " limit=" + mib(usage.limitBytes()) + " (" + usage.source()
                + ") threshold=" + Math.round(threshold * 100) + " %";
    }

    private static String mib(final long bytes) {
        return (bytes >> 20) + "m";
    }
}
