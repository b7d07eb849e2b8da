/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Keeps resources together for a class of requests that has got none for too long. What comes free one CPU at a time is always enough for a small request and never for a large one, so the large one
 * would wait for ever; and a small one behind a stream of large ones that take everything each time would too.
 *
 * <p>When a class has got nothing for longer than the <em>patience</em>, though nothing but the number of others keeps it waiting, its resources are reserved: another class may take only what leaves the
 * reserved amount untouched. One class at a time, the one that has waited longest. The reservation ends when the class gets a grant; or after a <em>hold</em>, because tasks that run for an hour should not make the rest of the
 * node stand idle for an hour: then the next hold will be twice as long, up to {@value #MOST_HOLDS} times the first,
 * and before it everybody takes for as long as it will be. So a class waits at most for
 * the longest of the running tasks (if that is shorter than the longest hold), and the others lose at most half of the time. What actors hold does not come back soon; a request that needs some of that gets no reservation.
 *
 * <p>Pure but for the fields of the classes; the raylet's agent's.
 */
final class Fairness {
    /** The first hold, in patiences. */
    static final int HOLD_PATIENCES = 4;
    /** The longest hold, in first holds. */
    static final int MOST_HOLDS = 64;
    /** How often it looks for a class that has waited too long, in parts of the patience. */
    private static final int LOOKS = 8;

    private final long patienceNs;
    private SchedulingClass holder;
    private long heldSinceNs;
    private long holdUntilNs;
    private long nextLookNs;
    private boolean looked;

    /** @param patienceNs how long a class may get nothing before resources are kept for it. */
    Fairness(final long patienceNs) {
        this.patienceNs = patienceNs;
    }

    /**
     * Before a pass, or now and then: ends what is over, and looks for one that has waited too long.
     *
     * @param permanent what is held and will not come back soon.
     * @return whether a reservation has ended, so that others may go on.
     */
    boolean update(
            final long nowNs,
            final List<SchedulingClass> waiting,
            final ResourceManager resources,
            final java.util.function.Supplier<ResourceSet> permanent) {
        boolean ended = false;
        if (holder != null) {
            if (holder.waiting.isEmpty() || holder.progressNs - heldSinceNs >= 0 || !holder.isFeasible()) {
                holder.holdNs = 0;
                holder = null;
                ended = true;
            } else if (nowNs - holdUntilNs >= 0) {
                holder.holdNs = Math.min(2 * holder.holdNs, MOST_HOLDS * firstHoldNs());
                holder.holdNotBeforeNs = nowNs + holder.holdNs;
                holder = null;
                ended = true;
            }
        }
        if (holder == null && waiting.size() > 1 && (!looked || nowNs - nextLookNs >= 0)) {
            looked = true;
            nextLookNs = nowNs + patienceNs / LOOKS;
            reserveForTheLongestWaiting(nowNs, waiting, resources, permanent.get());
        }
        return ended;
    }

    private long firstHoldNs() {
        return HOLD_PATIENCES * patienceNs;
    }

    private void reserveForTheLongestWaiting(
            final long nowNs,
            final List<SchedulingClass> waiting,
            final ResourceManager resources,
            final ResourceSet permanent) {
        SchedulingClass longest = null;
        for (final SchedulingClass of : waiting) {
            final boolean starved = nowNs - of.progressNs > patienceNs
                    && (of.holdNs == 0 || nowNs - of.holdNotBeforeNs >= 0)
                    && of.isFeasible()
                    && resources.check(of.request).isPresent()
                    && fitsBeside(of.request, permanent, resources.total());
            if (starved && (longest == null || of.progressNs - longest.progressNs < 0)) {
                longest = of;
            }
        }
        if (longest != null) {
            if (longest.holdNs == 0) {
                longest.holdNs = firstHoldNs();
            }
            holder = longest;
            heldSinceNs = nowNs;
            holdUntilNs = nowNs + longest.holdNs;
        }
    }

    private static boolean fitsBeside(final ResourceSet request, final ResourceSet permanent, final ResourceSet total) {
        return total.covers(request.plus(permanent));
    }

    /** Whether this class may take its request now, as far as reservations are concerned. */
    boolean mayTake(final SchedulingClass of, final ResourceManager resources) {
        if (holder == null || of == holder) {
            return true;
        }
        final ResourceSet reserved = holder.request;
        for (final Map.Entry<String, ResourceAmount> asked : of.request.asMap().entrySet()) {
            final long kept = reserved.get(asked.getKey()).units();
            final long free = resources.available(asked.getKey()).units();
            if (kept > 0 && free - asked.getValue().units() < kept) {
                return false;
            }
        }
        return true;
    }

    /** Whether workers may be given more of this class before they give back what they hold. */
    boolean mayHoldOn(final SchedulingClass of) {
        return holder == null || of == holder || Collections.disjoint(of.request.names(), holder.request.names());
    }

    /** Whether resources are kept for this class. */
    boolean holdsFor(final SchedulingClass of) {
        return of == holder;
    }

    /** The class that resources are kept for, or null. */
    SchedulingClass holder() {
        return holder;
    }
}
