/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;

/** A living process (or another inbox of this one) already receives under that name. */
public final class InboxTakenException extends TransportException {
    private static final long serialVersionUID = 1L;

    InboxTakenException(String inboxName, ProcessIdentity owner) {
        super(
                Code.INBOX_TAKEN,
                "inbox=" + inboxName + " is owned by pid=" + owner.pid() + " startTicks=" + owner.startTicks(),
                "close it or stop that process, or choose another name");
    }
}
