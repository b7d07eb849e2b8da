/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.wire.NodeState;

/**
 * One node as the GCS sees it.
 *
 * @param registration what it said when it joined
 * @param state ALIVE, SUSPECTED, DEAD or DRAINING
 * @param sinceHeartbeatMs time since it was last heard of
 * @param load what it said last
 */
public record NodeInfo(NodeRegistration registration, NodeState state, long sinceHeartbeatMs, NodeLoad load) {}
