/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.ipc.InboundLane;
import org.agrona.DirectBuffer;

/** Takes messages from lanes, on the agent's thread. The buffer is valid only during the call. */
public interface MessageHandler {
    /**
     * @param from the lane that it came by.
     * @param templateId type of the message.
     * @param buffer holds the message.
     * @param offset of the message's header.
     * @param length of header and body.
     * @return whether the message was for this handler.
     */
    boolean onMessage(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length);

    /**
     * A process writes here no more: it closed the lane or died. All that it had committed has been handled.
     *
     * @param from its lane.
     * @param died whether it died.
     */
    default void onLaneClosed(final InboundLane from, final boolean died) {}
}
