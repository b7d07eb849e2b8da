/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * The outcome of a run.
 *
 * @param input what was counted, in words
 * @param totals sums over all files
 * @param otherFiles files that were not named like class files
 * @param skippedSamples the first files that were left out, and why
 * @param distinctMethods different methods referred to
 * @param distinctTypes different types referred to
 * @param topMethods the methods with the most references
 * @param topTypes the types with the most references
 * @param digest SHA-256 of the whole result, as hexadecimal digits
 * @param differences to the plain count; empty if it agrees in everything
 * @param work how it was spread and where the time went
 */
public record QuickstartReport(
        String input,
        Totals totals,
        long otherFiles,
        List<String> skippedSamples,
        long distinctMethods,
        long distinctTypes,
        List<Ranked> topMethods,
        List<Ranked> topTypes,
        String digest,
        List<String> differences,
        Work work) {

    /**
     * How the work was spread.
     *
     * @param objects objects written to the store
     * @param objectBytes their length together
     * @param workers processes that ran tasks
     * @param stages where the time went, in the order in which they began
     */
    public record Work(int objects, long objectBytes, int workers, List<StageTime> stages) {}

    /** Whether job and plain count agree in everything. */
    public boolean agrees() {
        return differences.isEmpty();
    }

    /** The same with the time of starting and stopping a node. */
    QuickstartReport withStages(List<StageTime> more) {
        List<StageTime> stages = new ArrayList<>(work.stages);
        stages.addAll(more);
        stages.sort(StageTime.byStart());
        return new QuickstartReport(
                input,
                totals,
                otherFiles,
                skippedSamples,
                distinctMethods,
                distinctTypes,
                topMethods,
                topTypes,
                digest,
                differences,
                new Work(work.objects, work.objectBytes, work.workers, List.copyOf(stages)));
    }
}
