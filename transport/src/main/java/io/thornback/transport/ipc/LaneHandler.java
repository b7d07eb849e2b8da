/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import org.agrona.DirectBuffer;

/**
 * What an inbox calls, always on the agent thread that polls it. For each lane: {@code onLaneOpened}, messages,
 * {@code onLaneClosed}, in this order, each of the outer two exactly once.
 *
 * <p>A method that throws loses nothing but its own call: the message counts as consumed, the exception is counted and
 * given to the inbox's error handler, and the next message follows. Only Agrona's {@code AgentTerminationException}
 * passes through to the agent's runner. A handler must not poll or park its inbox; it may close it.
 */
public interface LaneHandler {
    /**
     * One message.
     *
     * @param from       the lane, for the sender's identity and attachment
     * @param templateId which message, greater than 0; equal to the one in the header
     * @param buffer     shared memory, valid only during the call; written by another process that may be hostile or
     *                   broken; but what its length fields claim lies within the message, see {@code MessageShapes}
     * @param offset     of the SBE message header
     * @param length     header included, at least 8
     */
    void onMessage(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length);

    /**
     * A message whose length fields lead out of it came in its place: it must not be decoded, and is skipped. It has been counted, and the inbox's
     * error handler has been told of the lane's first. The lane stays open, for where its next message begins is known. For who can answer a request that waits for it.
     * Parameters as in {@link #onMessage}.
     */
    default void onUnreadable(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {}

    /** A sender has attached; its messages follow. */
    default void onLaneOpened(InboundLane lane) {}

    /**
     * The last message of the lane has been delivered.
     *
     * @param producerDied true if the kernel says that the sender is dead; false if it closed the lane, or the lane was
     *                     found corrupt and closed by us (then the error handler was told why)
     */
    default void onLaneClosed(InboundLane lane, boolean producerDied) {}
}
