/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a request goes: pure logic over immutable views of nodes, without clocks, threads and messages, so that it is tested by itself and by the thousand.
 *
 * <pre>
 * Requirements   what a request asks for: resources, labels, strategy
 * ClusterView       the nodes as the one that decides knows them
 * SchedulingPolicy  class × view → Decision: available on a node, waits for a node, infeasible (and why)
 * </pre>
 *
 * <p>The raylet asks when a class of requests is new and when nodes, totals or labels have changed; between two such changes the answer to "can any node ever" stays the same, and "now" is
 * asked of the {@code ResourceManager} itself, which grants whole or not at all.
 */
package io.thornback.scheduling;
