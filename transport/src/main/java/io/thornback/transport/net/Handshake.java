/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

/** What happens on a connection before both sides trust it. Network thread only. */
interface Handshake {
    /** TCP is established, and TLS too where it is spoken: what is sent now is secret. */
    void onConnected(NetConnection connection);

    /**
     * TLS could not be agreed on; the connection is being closed.
     *
     * @param cause as the engine threw it
     * @param why the same for people, one clause
     */
    void onTlsFailure(NetConnection connection, Throwable cause, String why);

    /** A frame arrived before {@link NetConnection#open} was called. */
    void onFrame(NetConnection connection, NetFrame frame);

    /** The connection ended before it was open. */
    void onClosed(NetConnection connection, String reason);
}
