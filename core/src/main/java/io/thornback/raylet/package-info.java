/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The node's scheduler. One agent ({@link io.thornback.raylet.Raylet}) owns all of its state, by what it owns:
 *
 * <pre>
 * JobTable        jobs, their drivers and class paths
 * WorkerPool      workers: starting, idle, serving a job; how many there should be
 * TaskQueues      tasks that wait for resources or a worker, one queue for each job and class of request
 * NodePlacement   asks the policy (io.thornback.scheduling) where a class of requests may run
 * Fairness        keeps resources together for a class that has got nothing for too long
 * ActorDirectory  actors, their names, and who wants to hear of them; ActorManager is what happens to them
 * ResourceManager what the node has to give (io.thornback.resources)
 * </pre>
 *
 * <p>A task's resources are granted whole or not at all, when a worker of its job is idle; they come back when the worker says it is done, when it dies,
 * and (its CPUs) while it waits in {@code get}. A task whose worker died is queued again while it has retries left. What a worker had sent
 * before it died is handled before its death is. An actor whose worker died goes back into the queue as its creation, while it has restarts left.
 *
 * <p>Other threads reach the state only through {@link io.thornback.runtime.InboxAgent#execute}.
 */
package io.thornback.raylet;
