/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Label;
import io.thornback.labels.LabelSelector;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.scheduling.Requirements;
import io.thornback.scheduling.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The scheduler under random requests, ends, deaths, waits in {@code get}, and changes of totals and labels: no resource is lost or negative, everything that can run does in bounded time, and at the end
 * all has come back. A failure names its seed.
 */
class SchedulerSimulationTest {
    private static final int RUNS = 2_000;
    private static final int STEPS = 300;
    private static final long MS = 1_000_000L;
    private static final long LONGEST_NS = 2_000 * MS;
    private static final int CLASSES = 6;

    @Test
    void invariantsHoldUnderEverySeed() {
        final long first = Long.getLong("thornback.seed", 20_261_124L);
        final int runs = Long.getLong("thornback.seed") == null ? RUNS : 1;
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new Run(seed).all();
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (-Dthornback.seed=" + seed + "): " + e.getMessage(), e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final SimulatedNode node;
        private final List<Requirements> classes = new ArrayList<>();
        private final double cpus;
        /** What cannot run waits since then at the earliest. */
        private long changedNs;

        private int submitted;
        private int actors;

        Run(final long seed) {
            random = new Random(seed);
            cpus = 2 + random.nextInt(7);
            node = new SimulatedNode(total(cpus), seed);
            for (int i = 0; i < CLASSES; i++) {
                classes.add(randomClass());
            }
        }

        private static ResourceSet total(final double cpus) {
            return ResourceSet.cpus(cpus).with("gpu", ResourceAmount.of(2L)).with("memory", ResourceAmount.of(1000L));
        }

        private Requirements randomClass() {
            ResourceSet request = ResourceSet.cpus(random.nextInt((int) (4 * cpus) + 2) / 4.0);
            if (random.nextInt(3) == 0) {
                request = request.with("gpu", ResourceAmount.of(random.nextInt(9) / 4.0));
            }
            if (random.nextInt(3) == 0) {
                request = request.with("memory", ResourceAmount.of((long) random.nextInt(1_100)));
            }
            final LabelSelector labels =
                    random.nextInt(6) == 0 ? new LabelSelector(List.of(Label.is("zone", "a"))) : LabelSelector.ANY;
            return new Requirements(request, labels, random.nextBoolean() ? Strategy.HYBRID : Strategy.SPREAD);
        }

        void all() {
            for (int step = 0; step < STEPS; step++) {
                step();
                node.checkSums();
                nobodyStarves();
            }
            drain();
        }

        private void step() {
            final int what = random.nextInt(100);
            if (what < 45) {
                submit();
            } else if (what < 80) {
                node.advance(random.nextInt(200) * MS);
            } else if (what < 86) {
                some().ifPresent(each -> node.grants.lend(each.worker()));
            } else if (what < 92) {
                some().ifPresent(each -> node.grants.reclaim(each.worker()));
            } else if (what < 96) {
                some().ifPresent(this::die);
            } else if (what < 98) {
                change(total(Math.max(1, cpus - 2 + random.nextInt(5))), random.nextBoolean());
            } else if (actors == 0) {
                actors++;
                submitted++;
                node.submit(ResourceSet.cpus(random.nextInt(4) / 4.0), Long.MAX_VALUE);
            }
            node.dispatch();
        }

        private void submit() {
            final int count = 1 + random.nextInt(3);
            final Requirements wanted = classes.get(random.nextInt(CLASSES));
            for (int i = 0; i < count; i++) {
                submitted++;
                node.submit(wanted, 1 + random.nextInt((int) (LONGEST_NS / MS)) * MS);
            }
        }

        private java.util.Optional<SimulatedNode.Running> some() {
            return node.running.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(node.running.get(random.nextInt(node.running.size())));
        }

        /** The worker is killed; its task waits once more. */
        private void die(final SimulatedNode.Running each) {
            node.end(each);
            submitted++;
            node.queues.addFirst(each.task(), node.nowNs);
        }

        private void change(final ResourceSet total, final boolean zone) {
            node.resources.setTotal(total);
            node.labels.replace(zone ? Map.of("zone", "a") : Map.of());
            changedNs = node.nowNs;
        }

        /** A class that is feasible beside what actors hold gets something within its turn: patience, then as long as the tasks before it run, for each class at most. */
        private void nobodyStarves() {
            final long bound = SimulatedNode.PATIENCE_NS + (CLASSES + 1) * (LONGEST_NS + SimulatedNode.PATIENCE_NS / 2);
            for (final SchedulingClass of : node.queues.waiting()) {
                final long since = Math.max(of.progressNs, changedNs);
                if (node.nowNs - since > bound && node.placement.decide(of).isFeasible() && fitsBesideActors(of)) {
                    throw new AssertionError(of.wanted + " has got nothing for " + (node.nowNs - since) / MS + " ms of "
                            + node.resources.total() + ", available " + node.resources.available() + ", kept for "
                            + (node.fairness.holder() == null ? "nobody" : node.fairness.holder().wanted));
                }
            }
        }

        private boolean fitsBesideActors(final SchedulingClass of) {
            ResourceSet held = of.request;
            for (final SimulatedNode.Running each : node.running) {
                held = each.isActor() ? held.plus(each.task().request) : held;
            }
            return node.resources.total().covers(held);
        }

        /** With all that was ever asked for, everything runs and comes back. */
        private void drain() {
            change(total(2 * cpus + 4).plus(ResourceSet.of("memory", 200)).plus(ResourceSet.of("gpu", 2)), true);
            for (int i = 0; i < 100_000 && (node.queues.size() > 0 || node.running.size() > actors); i++) {
                node.advance(100 * MS);
                node.checkSums();
                nobodyStarves();
            }
            assertEquals(0, node.queues.size());
            List.copyOf(node.running).forEach(node::end);
            assertEquals(submitted, node.ended);
            assertEquals(submitted, node.started);
            assertTrue(node.resources.inUse().isEmpty(), () -> "left in use: " + node.resources.inUse());
        }
    }
}
