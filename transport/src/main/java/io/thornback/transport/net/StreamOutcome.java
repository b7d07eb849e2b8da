/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.StreamCode;

/**
 * How a stream ended for one of its sides.
 *
 * @param code for the receiver, COMPLETE: every byte is there and the checksum is right; CORRUPT: it is not. For the sender, COMPLETE: the receiver has said
 *     that it has all, be it right or not. CLOSED: the connection fell
 * @param offset up to where bytes have come or gone
 * @param reason one line
 */
public record StreamOutcome(StreamCode code, long offset, String reason) {
    /** Whether all is there. */
    public boolean isComplete() {
        return code == StreamCode.COMPLETE;
    }
}
