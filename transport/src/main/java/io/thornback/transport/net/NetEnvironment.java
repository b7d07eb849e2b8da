/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

/** What the connections of one server or client share. */
record NetEnvironment(NetCounters counters, PeerLog peerLog, NetInbox inbox) {}
