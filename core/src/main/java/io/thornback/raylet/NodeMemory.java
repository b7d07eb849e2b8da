/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryReader;
import io.thornback.resources.MemoryUsage;
import java.util.Collection;
import java.util.function.Supplier;

/** What is nearest to its limit: the host, a control group, or the workers together where the node sets them a limit of their own. The memory monitor's thread. */
final class NodeMemory implements Supplier<MemoryUsage> {
    private final MemoryReader reader;
    private final long workersLimitBytes;
    private final Supplier<? extends Collection<Long>> workers;

    /**
     * @param workersLimitBytes most memory of their own that workers may have together; 0: no such limit.
     * @param workers process ids of those that live.
     */
    NodeMemory(
            final MemoryReader reader,
            final long workersLimitBytes,
            final Supplier<? extends Collection<Long>> workers) {
        this.reader = reader;
        this.workersLimitBytes = workersLimitBytes;
        this.workers = workers;
    }

    @Override
    public MemoryUsage get() {
        final MemoryUsage host = reader.read();
        if (workersLimitBytes == 0) {
            return host;
        }
        long used = 0;
        for (final long pid : workers.get()) {
            used += reader.privateBytes(pid);
        }
        final MemoryUsage own = new MemoryUsage(used, workersLimitBytes, "worker.memory-limit");
        return own.share() > host.share() ? own : host;
    }
}
