/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.List;

/** Hears of the cluster's nodes ({@link GcsClient#followNodes}): in order, and of every change. Called on the network thread: hand over to an agent, do not block. */
@FunctionalInterface
public interface NodesListener {
    /**
     * News.
     *
     * @param anew these are all that live, the one that listens among them, and what was told before is to be forgotten
     * @param nodes what has changed
     */
    void onNodes(boolean anew, List<PeerNode> nodes);
}
