/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import java.util.Random;

/** The policy that the raylet asks: each request by the strategy that it names. */
public final class Policies implements SchedulingPolicy {
    private final SchedulingPolicy hybrid;
    private final SchedulingPolicy spread;
    private final SchedulingPolicy affinity;

    /** @param seed of the draws among equals; the same seed and questions give the same answers. */
    public Policies(final long seed) {
        final Random random = new Random(seed);
        hybrid = new HybridPolicy(random);
        spread = new SpreadPolicy(random);
        affinity = new NodeAffinityPolicy(hybrid);
    }

    @Override
    public Decision decide(final Requirements request, final ClusterView cluster) {
        if (request.strategy() instanceof Strategy.Spread) {
            return spread.decide(request, cluster);
        }
        return request.strategy() instanceof Strategy.NodeAffinity
                ? affinity.decide(request, cluster)
                : hybrid.decide(request, cluster);
    }
}
