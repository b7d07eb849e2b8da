/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.ResourceSet;
import io.thornback.resources.WorkerSizes;
import java.nio.file.Path;
import java.util.Map;

/** A small node, as tests of the raylet's parts have it: two CPUs, 8 GiB for workers. */
final class TwoCpus {
    private static final long SECOND = 1_000_000_000L;

    private TwoCpus() {}

    /**
     * Its configuration.
     *
     * @param prestart workers that are started ahead
     * @param jars where the jars of jobs are kept
     */
    static RayletConfig config(final int prestart, final Path jars) {
        return new RayletConfig(
                "ab",
                ResourceSet.cpus(2),
                new WorkerSizes(8L << 30, 2),
                prestart,
                5,
                2,
                10 * SECOND,
                60 * SECOND,
                1000,
                1000,
                new SchedulerConfig(Map.of(), SECOND, 0, 1, jars));
    }
}
