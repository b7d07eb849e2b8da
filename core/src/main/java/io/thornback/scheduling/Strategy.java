/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

/** Which of the nodes that can run a request is taken. Immutable; any thread. */
public sealed interface Strategy {
    /** Fills the local node up to half, then spreads over the best few. */
    Strategy HYBRID = new Hybrid();
    /** Over all nodes in turn, the least used first. */
    Strategy SPREAD = new Spread();

    /** See {@link #HYBRID}. */
    record Hybrid() implements Strategy {
        @Override
        public String toString() {
            return "";
        }
    }

    /** See {@link #SPREAD}. */
    record Spread() implements Strategy {
        @Override
        public String toString() {
            return "spread";
        }
    }

    /**
     * One node and no other, or that node if it can and else another.
     *
     * @param nodeId hexadecimal digits.
     * @param soft whether another node will do when this one is gone or can never run the request.
     */
    record NodeAffinity(String nodeId, boolean soft) implements Strategy {
        @Override
        public String toString() {
            return (soft ? "preferably on node " : "on node ") + nodeId;
        }
    }
}
