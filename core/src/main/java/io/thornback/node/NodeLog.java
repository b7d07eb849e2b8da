/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supervisor's logger, made at first use: the folder that it writes to is known only once the session is made. */
final class NodeLog {

    private NodeLog() {}

    static Logger log() {
        return Holder.LOG;
    }

    private static final class Holder {
        private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    }
}
