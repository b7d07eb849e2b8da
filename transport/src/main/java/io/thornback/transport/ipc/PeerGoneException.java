/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/**
 * The receiver is not there any more: it closed its inbox ({@code PEER_CLOSED}) or it died ({@code PEER_DIED}, then
 * this is a {@link PeerDiedException}). Nothing that is sent down this lane will arrive; what was sent before may or
 * may not have been handled, so what has not been acknowledged is sent again after a new {@link OutboundLane#open}.
 */
public class PeerGoneException extends TransportException {
    private static final long serialVersionUID = 1L;

    PeerGoneException(Code code, String what, String remedy) {
        super(code, what, remedy);
    }

    static PeerGoneException closed(String receiverName) {
        return new PeerGoneException(
                Code.PEER_CLOSED,
                "receiver=" + receiverName + " closed its inbox or this lane",
                "open a lane to it again and repeat what was not acknowledged");
    }
}
