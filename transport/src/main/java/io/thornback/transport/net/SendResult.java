/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

/** What became of a message that was handed to a connection. */
public enum SendResult {
    /** Queued in order behind what was sent before; it may still be lost with the connection. */
    SENT,
    /** The peer does not read fast enough and the outbound queue is at its limit; nothing was queued. */
    FULL,
    /** The connection has ended; nothing was queued. */
    CLOSED
}
