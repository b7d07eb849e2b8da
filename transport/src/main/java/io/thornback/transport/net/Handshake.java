/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

/** What happens on a connection before both sides trust it. Network thread only. */
interface Handshake {
    /** TCP is established. */
    void onConnected(NetConnection connection);

    /** A frame arrived before {@link NetConnection#open} was called. */
    void onFrame(NetConnection connection, NetFrame frame);

    /** The connection ended before it was open. */
    void onClosed(NetConnection connection, String reason);
}
