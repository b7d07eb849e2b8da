/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the raylet schedules.
 *
 * @param labels the node's, from its configuration.
 * @param patienceNs how long a class of requests may get nothing before resources are kept for it.
 * @param infeasibleTimeoutNs how long a request that no node can grant may wait; 0: until one can.
 * @param memoryThreshold the part of the memory that may be in use before a worker is ended.
 * @param jars where the jars are kept that jobs bring along.
 */
record SchedulerConfig(
        Map<String, String> labels, long patienceNs, long infeasibleTimeoutNs, double memoryThreshold, Path jars) {}
