/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.labels.LabelManager;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.resources.WorkerSizes;
import io.thornback.runtime.Links;
import io.thornback.scheduling.Policies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small node, as tests of the raylet's parts have it: two CPUs, 8 GiB for workers. */
final class TwoCpus {
    private static final long SECOND = 1_000_000_000L;

    /** Nobody asks what becomes of workers. */
    static final WorkerPool.Events NO_EVENTS = new WorkerPool.Events() {
        @Override
        public void started(final int number, final ProcessIdentity identity) {}

        @Override
        public void exited(final int number, final String how, final boolean shot, final List<String> lastLines) {}
    };

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

    /** Its dispatcher, of parts that the test knows. */
    static Dispatcher dispatcher(
            final RayletConfig config,
            final ResourceManager resources,
            final LabelManager labels,
            final WorkerPool pool,
            final JobTable jobs,
            final Links links,
            final NodeRecorder recorder) {
        return new Dispatcher(
                config,
                resources,
                pool,
                jobs,
                links,
                new Dispatcher.Placing(
                        new NodePlacement(config.nodeId(), resources, labels, new Policies(1)),
                        new Environments(new JarFolder(config.scheduler().jars()), true)),
                recorder);
    }
}
