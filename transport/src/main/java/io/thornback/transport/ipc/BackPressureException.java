/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/** The receiver lives, but did not make room in the lane within the time the caller allowed. The message was not sent. */
public final class BackPressureException extends TransportException {
    private static final long serialVersionUID = 1L;

    BackPressureException(String receiverName, long timeoutNs, int laneCapacityBytes) {
        super(
                Code.BACK_PRESSURE,
                "receiver=" + receiverName + " made no room in its lane of " + laneCapacityBytes + " bytes within "
                        + timeoutNs / 1_000_000 + " ms",
                "send less at a time, wait longer, or look why the receiver does not keep up");
    }
}
