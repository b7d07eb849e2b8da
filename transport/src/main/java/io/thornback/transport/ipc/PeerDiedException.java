/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;

/** The receiver's process died, by the kernel's word, while this process had a lane to it. */
public final class PeerDiedException extends PeerGoneException {
    private static final long serialVersionUID = 1L;

    PeerDiedException(String receiverName, ProcessIdentity receiver) {
        super(
                Code.PEER_DIED,
                "receiver=" + receiverName + " pid=" + receiver.pid() + " died",
                "open a lane again once it has been restarted, and repeat what was not acknowledged");
    }
}
