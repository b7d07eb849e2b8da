/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The node: its session's files, the life of its roles, and the supervisor that starts, watches and stops them.
 *
 * <h2>Who starts what</h2>
 *
 * <pre>
 *   thornback start ── spawns ──&gt; supervisor ── spawns ──&gt; gcs, objectstore, raylet ── the raylet spawns ──&gt; workers
 *        │  {@link io.thornback.node.NodeStarter}     {@link io.thornback.node.SupervisorMain}          {@link io.thornback.node.RoleMain}
 *        └─ control pipe (stdin), status pipe (descriptor 3): lines of {@link io.thornback.node.ControlLine}
 * </pre>
 *
 * <p>Roles are data ({@link io.thornback.node.RoleSpec}). All their JVMs are spawned at once, because most of a start is JVMs
 * starting; each prepares what needs nobody else, and goes on when the roles it depends on have told their facts (the gcs its port).
 * A node that joins the cluster of another has no gcs, and its facts are given ({@link io.thornback.node.NodeRoles}).
 * The start is all or nothing. A {@link io.thornback.node.LocalNode} runs the same role objects in one JVM.
 *
 * <h2>Who dies with whom</h2>
 *
 * <p>A role holds the reading end of a pipe of its supervisor's; when that ends, however the supervisor died, the role ends what is left of the
 * session, itself last ({@link io.thornback.node.SessionReaper}). The kernel's parent-death signal lets a role go on that was stopped, so that it sees that; one that hangs is killed by another. The supervisor learns of a role's end from the kernel (pidfd).
 * A role that takes over what the dead one left is started again, and told what that had told ({@link
 * io.thornback.node.RoleContext#former}); otherwise the supervisor stops the others, dependents first, and removes the shared memory. A joined node that the cluster has declared dead ends its session
 * the same way, and the supervisor makes the next: a new node. The supervisor itself depends on its starter only until the
 * starter has said KEEP: a start that is interrupted leaves nothing.
 *
 * <p>Every process of a session has the session's name in its environment, and so has whatever it starts, so the supervisor (and
 * the next start, if the supervisor was killed) finds and ends even what made itself a session of its own. Where the host lets the raylet make control groups, each worker is in one, and
 * what it leaves behind when it ends is killed by that, whatever its environment; elsewhere what it leaves is known by its environment, and what hides by changing that becomes a child of the raylet or, when that dies, of the supervisor, which are subreapers, and ends with the node.
 *
 * <h2>What lies where</h2>
 *
 * <p>{@link io.thornback.node.SessionLayout} names every file. One node per folder of sessions: {@code node.lock}, held by the
 * kernel for the supervisor. Each session holds a lock in its folder on disk and in its folder in shared memory; whose lock nobody
 * holds is dead, and the next start removes its shared memory and keeps its logs. Beside the sessions lie the cluster's identity
 * and tables ({@code cluster/}), which outlive them; from it a head's gcs writes the session's token.
 *
 * <h2>Threads</h2>
 *
 * <p>The supervisor's state belongs to its main thread, which is blocked on one queue; the spawner's, the watcher's and the readers
 * of status pipes only put into it. It costs nothing while nothing happens.
 */
package io.thornback.node;
