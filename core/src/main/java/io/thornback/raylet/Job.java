/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import io.thornback.posix.ProcessIdentity;

/**
 * A driver and what it asked for.
 *
 * @param id of the job.
 * @param driver the process.
 * @param inbox the driver's.
 * @param name for lists.
 * @param classPath for the workers.
 * @param namespace of its actors' names.
 * @param startedMs wall clock, since the epoch.
 */
record Job(
        JobId id,
        ProcessIdentity driver,
        String inbox,
        String name,
        String classPath,
        String namespace,
        long startedMs) {}
