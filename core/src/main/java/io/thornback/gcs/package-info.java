/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * The cluster's control service: which nodes there are, how they fare, and which jobs run.
 *
 * <p><b>Shape.</b> {@code GcsService} listens; the network thread queues messages; {@code GcsAgent} alone touches the
 * tables. {@code ClusterTables} holds the rules: tests drive it with a clock of their own. {@code NodeTable}, {@code JobTable} and
 * {@code FencedIds} are on the heap, and write through what is to last to a {@code ClusterStore}: a file ({@code MvClusterStore}), or
 * nothing. The agent commits once in a duty cycle and answers behind that; what a heartbeat changes is never written.
 *
 * <p><b>Life of a node.</b> It registers under an id that is new for each start of its raylet, and reports once a second.
 * A connection that falls makes it SUSPECTED at once: that is fast evidence, but of the connection, not of the node.
 * Silence makes it SUSPECTED after 3 s and DEAD after 10; a goodbye makes it DEAD at once. DEAD is final. A node that was
 * only stopped for a while and comes back finds its id refused, and must start anew: others have already acted on its
 * death. (A joined node's supervisor does that by itself; a head whose own raylet was stopped for so long goes down.) The GCS does not hold its own standstill against anybody: after a pause of its process nodes get that time back.
 *
 * <p><b>Sequence.</b> Each change of a row raises one number by one; it begins with the epoch of the tables, so that no process goes
 * below what an earlier one has given. A snapshot carries it.
 *
 * <p><b>Limits.</b> Tables are bounded; dead nodes and finished jobs age out, and when there is no room the oldest of them
 * go first. A node too many is refused; ids of the dead stay fenced after their rows are gone.
 *
 * <p><b>When the GCS is down.</b> {@link io.thornback.gcs.GcsClient} connects again with back-off and jitter, registers its
 * node again and repeats its load, its running jobs and all news of jobs that was not noted; heartbeats return false meanwhile, questions
 * fail with one line. A restarted GCS has its tables, and counts nodes as heard of when it opened them: nobody is dead because it was away.
 */
package io.thornback.gcs;
