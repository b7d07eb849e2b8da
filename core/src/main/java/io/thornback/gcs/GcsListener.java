/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetRefusedException;

/** What a client tells its owner. Called on the network thread: hand over to an agent, do not block. */
public interface GcsListener {
    /**
     * There is no first connection yet; the client tries again.
     *
     * @param why what came of the last attempt
     * @param leftMs how long it goes on trying
     */
    default void onRetry(String why, long leftMs) {}

    /** The connection stands, and the node, if there is one, is registered. Also after each reconnect. */
    default void onConnected() {}

    /** The connection fell; the client is trying again. */
    default void onDisconnected(String reason) {}

    /** The GCS refuses this node, for example because it was declared dead. The client has stopped trying. */
    default void onRefused(NetRefusedException refusal) {}
}
