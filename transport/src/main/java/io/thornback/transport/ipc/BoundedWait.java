/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;
import io.thornback.transport.TransportException.Code;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;

/**
 * Waits for room in a lane. A receiver does not ring its senders, so this looks again after pauses that
 * double from 20 µs to 1 ms. A full lane means the receiver has hundreds of messages before it; a
 * millisecond is soon enough, and costs it nothing.
 */
final class BoundedWait {
    private static final long FIRST_PAUSE_NS = 20_000L;
    private static final long LONGEST_PAUSE_NS = 1_000_000L;

    private BoundedWait() {}

    /** Returns the last outcome: FULL only when the time is over. */
    static int sendWhenRoom(
            OutboundLane lane, int templateId, DirectBuffer src, int offset, int length, long timeoutNs) {
        long startNs = System.nanoTime();
        long pauseNs = FIRST_PAUSE_NS;
        int outcome = OutboundLane.FULL;
        while (outcome == OutboundLane.FULL) {
            long leftNs = timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                return outcome;
            }
            LockSupport.parkNanos(Math.min(pauseNs, leftNs));
            pauseNs = Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
            if (Thread.currentThread().isInterrupted()) {
                throw new TransportException(
                        Code.INTERRUPTED,
                        "interrupted while waiting for room in the lane to receiver=" + lane.receiverName(),
                        "the message was not sent");
            }
            outcome = lane.offer(templateId, src, offset, length);
        }
        return outcome;
    }
}
