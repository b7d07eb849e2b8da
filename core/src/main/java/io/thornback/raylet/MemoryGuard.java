/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryUsage;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a worker when memory is short, as the {@link MemoryPolicy} says, before the kernel ends a process that nobody has chosen. The raylet's agent's. */
final class MemoryGuard {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);

    private final MemoryPolicy policy;
    private final WorkerPool pool;

    MemoryGuard(final MemoryPolicy policy, final WorkerPool pool) {
        this.policy = policy;
        this.pool = pool;
    }

    void onShort(final MemoryUsage usage, final long nowNs) {
        policy.choose(usage, candidates(), nowNs).ifPresent(chosen -> {
            final WorkerRecord worker = pool.get(chosen.number());
            final TaskRecord task = worker.task();
            worker.endedFor = "was ended because memory ran short: " + policy.describe(usage) + "; it was "
                    + (task == null ? "idle" : "the one whose " + task + " had the least to lose")
                    + "; run fewer at a time (cpus, memory of the task), or give the node more memory";
            LOG.warn("{} {}", worker, worker.endedFor);
            pool.stop(worker);
        });
    }

    private List<MemoryPolicy.Candidate> candidates() {
        final List<MemoryPolicy.Candidate> candidates = new ArrayList<>();
        for (final WorkerRecord worker : pool.all()) {
            switch (worker.state) {
                case IDLE ->
                    candidates.add(
                            new MemoryPolicy.Candidate(worker.number, MemoryPolicy.Load.IDLE, worker.idleSinceNs));
                case BUSY ->
                    candidates.add(new MemoryPolicy.Candidate(worker.number, load(worker), worker.runsSinceNs));
                case ACTOR ->
                    candidates.add(
                            new MemoryPolicy.Candidate(worker.number, MemoryPolicy.Load.ACTOR, worker.runsSinceNs));
                default -> {
                    // It has hardly anything yet, or is going.
                }
            }
        }
        return candidates;
    }

    private static MemoryPolicy.Load load(final WorkerRecord worker) {
        final TaskRecord task = worker.task();
        return task.kind == TaskKind.TASK && task.attempt <= task.maxRetries
                ? MemoryPolicy.Load.RETRIABLE_TASK
                : MemoryPolicy.Load.TASK;
    }
}
