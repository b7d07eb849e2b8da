/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * The result of a task: exact counts of all keys, never only the most frequent ones, since what is rare in every chunk
 * may be frequent in all of them together.
 *
 * @param totals sums over the files
 * @param methods {@link SortedCounts} of {@code class.name:descriptor}
 * @param types {@link SortedCounts} of class names
 * @param timings one for each task that contributed
 */
@SuppressWarnings("ArrayRecordComponent") // a value on its way between tasks; nobody compares it with equals
public record Counts(Totals totals, byte[] methods, byte[] types, List<TaskTiming> timings) {

    static Counts none() {
        return new Counts(Totals.none(), SortedCounts.empty(), SortedCounts.empty(), List.of());
    }

    /** Adds up any number of counts. Pure; the parts are not changed. */
    static Counts sum(List<Counts> parts) {
        Totals totals = Totals.none();
        List<byte[]> methods = new ArrayList<>(parts.size());
        List<byte[]> types = new ArrayList<>(parts.size());
        List<TaskTiming> timings = new ArrayList<>();
        for (Counts part : parts) {
            totals = totals.plus(part.totals);
            methods.add(part.methods);
            types.add(part.types);
            timings.addAll(part.timings);
        }
        return new Counts(totals, SortedCounts.merge(methods), SortedCounts.merge(types), timings);
    }

    Counts with(TaskTiming timing) {
        List<TaskTiming> all = new ArrayList<>(timings);
        all.add(timing);
        return new Counts(totals, methods, types, all);
    }

    Counts withSkipped(SkipReason reason, long files) {
        return new Counts(totals.plusSkipped(reason, files), methods, types, timings);
    }
}
