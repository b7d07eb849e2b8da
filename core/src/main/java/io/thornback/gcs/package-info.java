/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * The cluster's control service: which nodes there are, how they fare, and which jobs run.
 *
 * <p><b>Shape.</b> {@code GcsService} listens; the network thread queues messages; {@code GcsAgent} alone touches the
 * tables. {@code ClusterTables} holds the rules and does no I/O: tests drive it with a clock of their own. Rows live
 * behind {@code NodeTable} and {@code JobTable}, so that a durable store can take their place without the rules knowing.
 *
 * <p><b>Life of a node.</b> It registers under an id that is new for each start of its raylet, and reports once a second.
 * A connection that falls makes it SUSPECTED at once: that is fast evidence, but of the connection, not of the node.
 * Silence makes it SUSPECTED after 3 s and DEAD after 10; a goodbye makes it DEAD at once. DEAD is final. A node that was
 * only stopped for a while and comes back finds its id refused, and must start anew: others have already acted on its
 * death. (A joined node's supervisor does that by itself; a head whose own raylet was stopped for so long goes down.) The GCS does not hold its own standstill against anybody: after a pause of its process nodes get that time back.
 *
 * <p><b>Sequence.</b> Each change of a row raises one number by one. A snapshot carries it.
 *
 * <p><b>Limits.</b> Tables are bounded; dead nodes and finished jobs age out, and when there is no room the oldest of them
 * go first. A node too many is refused; ids of the dead stay fenced after their rows are gone.
 *
 * <p><b>When the GCS is down.</b> {@link io.thornback.gcs.GcsClient} connects again with back-off and jitter, registers its
 * node again and repeats its load and its running jobs; heartbeats return false meanwhile, questions fail with one line.
 * The tables are kept in memory only: a restarted GCS learns the cluster from its nodes within seconds, and forgets what
 * had ended.
 */
package io.thornback.gcs;
