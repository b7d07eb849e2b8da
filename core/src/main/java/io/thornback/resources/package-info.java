/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * What a node has, how it is divided, and who holds what.
 *
 * <p><b>Detection.</b> {@link io.thornback.resources.HostResources} reads the hardware and caps it by CPU affinity,
 * cpuset, CPU quota and memory limits of control groups of version 1 and 2, walked up to the root, because a limit of
 * any ancestor binds. Every figure carries its {@linkplain io.thornback.resources.Sourced source}: an operator who is
 * told "limit=2 GiB" needs to know which file says so.
 *
 * <p><b>Division.</b> {@link io.thornback.resources.MemoryPlan} is one pure function. Objects in tmpfs, worker heaps and
 * the role JVMs come from one budget: a kernel that runs out kills the largest process, and nobody can predict which
 * one that is. A JVM left to itself takes a quarter of the host for its heap; eight workers would promise twice what
 * there is. So the plan fixes each worker's heap and direct memory, and fewer CPUs are offered where their workers
 * would not fit.
 *
 * <p><b>Accounting.</b> {@link io.thornback.resources.ResourceManager} grants whole requests from fixed-point
 * {@linkplain io.thornback.resources.ResourceAmount amounts}. It has one owner, the raylet's agent, and no locks. It
 * remembers sums, not holders: the raylet keeps with each lease what it was granted, and returns exactly that.
 * Allocation is by sums, so the order of grants and releases does not matter and nothing fragments.
 */
package io.thornback.resources;
