/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import org.agrona.concurrent.IdleStrategy;

/** Sleeps briefly when a timer of the store is near, longer when something is under way, and longest when nothing is. The agent's thread. */
final class StoreIdleStrategy implements IdleStrategy {
    private final ObjectStoreAgent agent;
    private final IdleStrategy brief;
    private final IdleStrategy deep;
    private final IdleStrategy rest;

    StoreIdleStrategy(
            final ObjectStoreAgent agent, final IdleStrategy brief, final IdleStrategy deep, final IdleStrategy rest) {
        this.agent = agent;
        this.brief = brief;
        this.deep = deep;
        this.rest = rest;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (agent.isTimerNear()) {
            brief.idle();
        } else {
            (agent.isAtRest() ? rest : deep).idle();
        }
    }

    @Override
    public void reset() {
        brief.reset();
        deep.reset();
        rest.reset();
    }

    @Override
    public String alias() {
        return "objectstore";
    }
}
