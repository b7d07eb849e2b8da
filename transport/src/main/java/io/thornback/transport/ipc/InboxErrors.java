/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where errors of inboxes go if their owner does not say. */
final class InboxErrors {
    static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private InboxErrors() {}

    static ErrorHandler logging(String inboxName) {
        return e -> LOG.error("inbox {}: {}", inboxName, e.getMessage(), e);
    }
}
