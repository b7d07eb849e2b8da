/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.TransportException;

/** The peer speaks another layout or schema version. Names both versions; nothing was mapped or changed. */
public final class PeerVersionException extends TransportException {
    private static final long serialVersionUID = 1L;

    /**
     * @param what    what was attached to, as the message names it
     * @param kind    {@code layout} or {@code schema}
     * @param ours    version of this process
     * @param theirs  version found
     */
    PeerVersionException(String what, String kind, int ours, int theirs) {
        super(
                Code.VERSION_MISMATCH,
                what + " has " + kind + "Version=" + theirs + ", this process has " + kind + "Version=" + ours,
                "run every process of a node with one version of Thornback, and restart the node after an upgrade");
    }
}
