/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.util.Locale;

/** Times as people read them. */
final class Durations {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Durations() {}

    /** Such as {@code 850 ns}, {@code 12.3 µs}, {@code 4.57 ms}, {@code 3.2 s}, {@code 2 min 5 s}, {@code 3 h 12 min}. */
    static String of(long ns) {
        if (ns < MICROSECOND) {
            return ns + " ns";
        } else if (ns < MILLISECOND) {
            return decimal(ns, MICROSECOND) + " µs";
        } else if (ns < SECOND) {
            return decimal(ns, MILLISECOND) + " ms";
        } else if (ns < MINUTE) {
            return decimal(ns, SECOND) + " s";
        } else if (ns < HOUR) {
            return ns / MINUTE + " min " + ns % MINUTE / SECOND + " s";
        }
        return ns / HOUR + " h " + ns % HOUR / MINUTE + " min";
    }

    private static String decimal(long ns, long unit) {
        double value = (double) ns / unit;
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    /** From one moment to another; null if either is not known. */
    static String between(long fromNs, long toNs) {
        return fromNs == 0 || toNs == 0 ? null : of(Math.max(0, toNs - fromNs));
    }
}
