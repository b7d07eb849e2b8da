/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The most frequent keys of a table. */
final class TopN {
    /** The highest count first; of equal counts, the key that sorts first. */
    private static final Comparator<Ranked> BY_RANK =
            Comparator.comparingLong(Ranked::count).reversed().thenComparing(Ranked::key);

    private TopN() {}

    /**
     * The first {@code n} by rank, fewer if the table has fewer. Reads all of the table, keeps {@code n} of it.
     *
     * @throws IllegalArgumentException if the table is damaged, or {@code n} is negative
     */
    static List<Ranked> of(byte[] counts, int n) {
        if (n < 0) {
            throw new IllegalArgumentException("n=" + n + ", must not be negative");
        }
        SortedCountsCursor cursor = new SortedCountsCursor(counts);
        PriorityQueue<Ranked> best = new PriorityQueue<>(BY_RANK.reversed());
        while (cursor.next()) {
            if (n > 0 && (best.size() < n || cursor.count() > best.element().count())) {
                if (best.size() == n) {
                    best.remove();
                }
                best.add(new Ranked(ModifiedUtf8.decode(cursor.key(), 0, cursor.keyLength()), cursor.count()));
            }
        }
        List<Ranked> ranked = new ArrayList<>(best);
        ranked.sort(BY_RANK);
        return ranked;
    }
}
