/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * When roles that ended are started again: the first time at once, then after 100 ms, 200 ms and so on, at most {@value #MOST} times within a
 * minute. Pure logic over a clock that the caller reads; one thread.
 */
final class Restarts {
    /** Nothing is waited for: as good as for ever. */
    static final long NOTHING_DUE = Long.MAX_VALUE;

    static final int MOST = 5;
    static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long FIRST_BACK_OFF_MS = 100;

    private final Map<String, Deque<Long>> ends = new HashMap<>();
    /** By role: when to start it, and once it was started when it must be ready. */
    private final Map<String, Long> dueNs = new HashMap<>();

    /**
     * A role has ended.
     *
     * @return in how many milliseconds it will be due; empty if its budget is used up
     */
    OptionalLong ended(String role, long nowNs) {
        Deque<Long> recent = ends.computeIfAbsent(role, ignored -> new ArrayDeque<>());
        while (!recent.isEmpty() && nowNs - recent.peek() > WINDOW_NS) {
            recent.poll();
        }
        if (recent.size() >= MOST) {
            return OptionalLong.empty();
        }
        long delayMs = recent.isEmpty() ? 0 : FIRST_BACK_OFF_MS << (recent.size() - 1);
        recent.add(nowNs);
        dueNs.put(role, nowNs + TimeUnit.MILLISECONDS.toNanos(delayMs));
        return OptionalLong.of(delayMs);
    }

    /** Time until something is due, 0 or less if it is now, or NOTHING_DUE. */
    long nextNs(long nowNs) {
        long next = NOTHING_DUE;
        for (long due : dueNs.values()) {
            next = Math.min(next, Math.max(0, due - nowNs));
        }
        return next;
    }

    /** The roles that are due now: to be started, or, if that was done, late. Each is due again after the time to get ready. */
    List<String> due(long nowNs, long readyNs) {
        List<String> due = new ArrayList<>();
        dueNs.forEach((role, at) -> {
            if (at - nowNs <= 0) {
                due.add(role);
            }
        });
        due.forEach(role -> dueNs.put(role, nowNs + readyNs));
        return due;
    }

    /** Ended, and not ready since. */
    boolean isUnderWay(String role) {
        return dueNs.containsKey(role);
    }

    /** It is ready again. */
    void ready(String role) {
        dueNs.remove(role);
    }
}
