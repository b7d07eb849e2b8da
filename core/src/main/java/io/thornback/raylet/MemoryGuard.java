/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.MemoryUsage;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends workers when memory is short, as the {@link MemoryPolicy} says, before the kernel ends a process that nobody has chosen: those that idle all at once, for they cost nothing and none is started in their place
 * while memory is short; others one at a time. The raylet's agent's.
 */
final class MemoryGuard {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);

    private final MemoryPolicy policy;
    private final WorkerPool pool;

    MemoryGuard(final MemoryPolicy policy, final WorkerPool pool) {
        this.policy = policy;
        this.pool = pool;
    }

    /** What is in use now: too much, or for the first time no longer. */
    void onUsage(final MemoryUsage usage, final long nowNs) {
        pool.memoryIsShort(policy.isShort(usage), nowNs);
        policy.choose(usage, candidates(), nowNs).ifPresent(chosen -> {
            if (chosen.load() == MemoryPolicy.Load.IDLE) {
                pool.all().stream().filter(WorkerRecord::isIdleAndOwesNothing).forEach(worker -> end(worker, usage));
            } else {
                end(pool.get(chosen.number()), usage);
            }
        });
    }

    private void end(final WorkerRecord worker, final MemoryUsage usage) {
        final TaskRecord task = worker.task();
        worker.endedFor = "was ended because memory ran short: " + policy.describe(usage) + "; it was "
                + (task == null ? "idle" : "the one whose " + task + " had the least to lose")
                + "; run fewer at a time (cpus, memory of the task), or give the node more memory";
        LOG.warn("{} {}", worker, worker.endedFor);
        pool.stop(worker);
    }

    private List<MemoryPolicy.Candidate> candidates() {
        final List<MemoryPolicy.Candidate> candidates = new ArrayList<>();
        for (final WorkerRecord worker : pool.all()) {
            switch (worker.state) {
                case IDLE ->
                    candidates.add(new MemoryPolicy.Candidate(
                            worker.number,
                            worker.owes ? MemoryPolicy.Load.TASK : MemoryPolicy.Load.IDLE, // calls end with it
                            worker.idleSinceNs));
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
