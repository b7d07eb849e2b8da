/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.NodeDemand;
import io.thornback.resources.Refusal;
import io.thornback.resources.ResourceManager;
import io.thornback.runtime.Links;
import io.thornback.transport.wire.FailureKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what tasks wait for: to their owners and in the log when nobody can grant it, and to whoever asks for the node's state. The raylet's agent's. */
final class WaitReports {
    private static final Logger LOG = LoggerFactory.getLogger(WaitReports.class);
    private static final long FIRST_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(30);

    private final Links links;
    private final ResourceManager resources;

    WaitReports(final Links links, final ResourceManager resources) {
        this.links = links;
        this.resources = resources;
    }

    /** Tells the owners of what is infeasible, half a second after it came and every half minute. Returns how many were told. */
    int report(final List<SchedulingClass> waiting, final long nowNs) {
        int told = 0;
        for (final SchedulingClass of : waiting) {
            if (of.isFeasible()) {
                continue;
            }
            if (of.nextReportNs == 0) {
                of.nextReportNs = nowNs + FIRST_NS;
            } else if (nowNs - of.nextReportNs >= 0) {
                of.nextReportNs = nowNs + EVERY_NS;
                tell(of, nowNs);
                told++;
            }
        }
        return told;
    }

    private void tell(final SchedulingClass of, final long nowNs) {
        final TaskRecord first = of.waiting.peekFirst();
        final String reason = reason(of);
        LOG.warn(
                "{} and {} more wait since {} s: {}",
                first,
                of.waiting.size() - 1,
                TimeUnit.NANOSECONDS.toSeconds(nowNs - first.queuedNs),
                reason);
        links.tryTo(first.ownerInbox)
                .ifPresent(owner -> RayletMessages.sendWaits(
                        owner,
                        first.id,
                        TimeUnit.NANOSECONDS.toMillis(nowNs - first.queuedNs),
                        of.waiting.size() - 1,
                        reason));
    }

    /** Tells that a task fails. */
    interface Failing {
        void fail(TaskRecord task, FailureKind kind, String why);
    }

    /** Takes out what has been infeasible for too long; {@code limitNs} 0: nothing. Returns how many. */
    int giveUp(final TaskQueues queues, final long limitNs, final long nowNs, final Failing failing) {
        if (limitNs == 0) {
            return 0;
        }
        int given = 0;
        for (final SchedulingClass of : List.copyOf(queues.waiting())) {
            final TaskRecord first = of.waiting.peekFirst(); // null: the failure of another took these with it
            if (first != null && !of.isFeasible() && nowNs - first.queuedNs > limitNs) {
                final String why = reason(of) + " (waited " + limitNs / 1_000_000 + " ms, raylet.infeasible-timeout)";
                for (final TaskRecord task :
                        queues.removeIf(t -> t.schedulingClass == of && nowNs - t.queuedNs > limitNs)) {
                    failing.fail(task, FailureKind.INFEASIBLE, why);
                    given++;
                }
            }
        }
        return given;
    }

    /** What is missing, and what to do. */
    static String reason(final SchedulingClass of) {
        return "no node can run it: " + of.decision.reason()
                + "; ask for less, or give a node more (thornback node, or --cpus, --memory, --resources, --labels at its start)";
    }

    /** What waits, longest first. */
    List<NodeDemand> demands(final List<SchedulingClass> waiting, final long nowNs) {
        final List<NodeDemand> demands = new ArrayList<>();
        for (final SchedulingClass of : waiting) {
            final boolean infeasible = !of.isFeasible();
            final String reason = infeasible
                    ? of.decision.reason()
                    : resources.check(of.request).map(Refusal::message).orElse("waits for a worker");
            demands.add(new NodeDemand(
                    of.waiting.size(),
                    Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNs - of.waiting.peekFirst().queuedNs)),
                    infeasible,
                    of.wanted.toString(),
                    reason));
        }
        demands.sort(Comparator.comparing(NodeDemand::infeasible)
                .thenComparing(NodeDemand::oldestMs)
                .reversed());
        return demands.subList(0, Math.min(NodeDemand.MAX_DEMANDS, demands.size()));
    }
}
