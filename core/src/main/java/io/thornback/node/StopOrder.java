/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.time.Duration;
import java.util.Optional;

/**
 * How a node is to stop.
 *
 * @param mode what becomes of the tasks that it has taken on
 * @param limit how long that may take until stronger means are used; empty: for ever at FINISH, else what the node's own settings add up to
 */
public record StopOrder(Mode mode, Optional<Duration> limit) {

    /** What becomes of the tasks that the node has taken on. */
    public enum Mode {
        /** They are finished, however long it takes; when the limit is over the rest is ended, in order. */
        FINISH,
        /** They are finished within {@code node.drain-timeout}, and then the rest is ended. */
        DRAIN,
        /** They are ended. */
        NOW,
        /** Every process is killed. */
        KILL
    }

    /** With what the node's own settings add up to. */
    public static StopOrder of(Mode mode) {
        return new StopOrder(mode, Optional.empty());
    }

    /** With a limit. */
    public static StopOrder of(Mode mode, Duration limit) {
        return new StopOrder(mode, Optional.of(limit));
    }
}
