/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.posix.ProcessIdentity;
import java.io.File;

/**
 * A driver and what it asked for.
 *
 * @param id of the job.
 * @param driver the process.
 * @param inbox the driver's.
 * @param name for lists.
 * @param classPath for the workers.
 * @param namespace of its actors' names.
 * @param allowedClasses patterns of the classes that its values may have, with commas between; empty: any.
 * @param environment of its workers, unless a task says otherwise.
 * @param startedMs wall clock, since the epoch.
 */
record Job(
        JobId id,
        ProcessIdentity driver,
        String inbox,
        String name,
        String classPath,
        String namespace,
        String allowedClasses,
        RuntimeEnvironment environment,
        long startedMs) {
    /** Where the classes of a worker with this environment come from: its jars, then what the driver has. */
    String classPath(final RuntimeEnvironment ofWorker) {
        final StringBuilder path = new StringBuilder();
        ofWorker.jars().forEach(jar -> path.append(jar).append(File.pathSeparatorChar));
        return path.append(classPath).toString();
    }
}
