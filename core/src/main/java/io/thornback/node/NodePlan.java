/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

/**
 * What the node gives to tasks, actors and objects on this host; planned once, by the supervisor.
 *
 * @param nodeId the node's id, 56 hexadecimal digits
 * @param cpus CPUs that tasks and actors may hold
 * @param memoryBytes memory that tasks and actors may hold
 * @param storeBytes size of the object store's arena
 */
public record NodePlan(String nodeId, double cpus, long memoryBytes, long storeBytes) {}
