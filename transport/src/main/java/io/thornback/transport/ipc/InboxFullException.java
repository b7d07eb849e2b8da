/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/** Every slot of the receiver's inbox has a living sender. */
public final class InboxFullException extends TransportException {
    private static final long serialVersionUID = 1L;

    InboxFullException(String inboxName, int slots) {
        super(
                Code.INBOX_FULL,
                "inbox=" + inboxName + " has a sender in each of its slots=" + slots,
                "close lanes that are not used, or give the receiver more slots");
    }
}
