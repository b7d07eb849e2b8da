/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/** There is no inbox of that name, or nobody living owns it. A receiver that is just starting appears a moment later. */
public final class PeerNotFoundException extends TransportException {
    private static final long serialVersionUID = 1L;

    PeerNotFoundException(String inboxName, String why) {
        super(
                Code.PEER_NOT_FOUND,
                "no inbox=" + inboxName + ": " + why,
                "try again shortly if it is being (re)started, or check that the node runs");
    }
}
