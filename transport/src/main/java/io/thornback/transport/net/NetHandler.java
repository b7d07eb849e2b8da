/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import org.agrona.DirectBuffer;

/**
 * What an agent does with its connections' events. All calls come from {@link NetInbox#poll} on the agent's thread, in
 * order for each connection: opened, its frames, closed; each exactly once.
 */
public interface NetHandler {
    /** The peer has passed the hello. */
    default void onOpened(NetConnection connection) {}

    /**
     * A message; its SBE header is at {@code offset}. The buffer may be kept. What this throws is counted, and the
     * connection closed as one that sends garbage.
     */
    void onFrame(NetConnection connection, int templateId, DirectBuffer buffer, int offset, int length);

    /** The connection has ended; nothing more will come from it. */
    default void onClosed(NetConnection connection, String reason) {}
}
