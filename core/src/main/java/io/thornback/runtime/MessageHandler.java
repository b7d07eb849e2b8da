/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.ipc.InboundLane;

/** Takes messages from lanes, on the agent's thread. */
public interface MessageHandler {
    /** Whether the message was for this handler. */
    boolean onMessage(Message message);

    /** A message whose length fields lead out of it: it must not be decoded. For who waits for it; the log has it already. */
    default void onUnreadable(final Message message) {}

    /**
     * A process writes here no more: it closed the lane or died. All that it had committed has been handled.
     *
     * @param from its lane.
     * @param died whether it died.
     */
    default void onLaneClosed(final InboundLane from, final boolean died) {}
}
