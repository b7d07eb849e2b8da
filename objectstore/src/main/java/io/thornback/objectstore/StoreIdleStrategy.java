/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import org.agrona.concurrent.IdleStrategy;

/** Sleeps long when the store has no timer running, and briefly when it has. The agent's thread. */
final class StoreIdleStrategy implements IdleStrategy {
    private final ObjectStoreAgent agent;
    private final IdleStrategy brief;
    private final IdleStrategy deep;

    StoreIdleStrategy(final ObjectStoreAgent agent, final IdleStrategy brief, final IdleStrategy deep) {
        this.agent = agent;
        this.brief = brief;
        this.deep = deep;
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
            deep.idle();
        }
    }

    @Override
    public void reset() {
        brief.reset();
        deep.reset();
    }

    @Override
    public String alias() {
        return "objectstore";
    }
}
