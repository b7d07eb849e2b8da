/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;

/** Which environment a task's worker must have. The raylet's agent's. */
final class Environments {
    /** What fits the message to the worker, with room for the rest of it. */
    private static final int MAX_CLASS_PATH_CHARS = 15_500;

    private final JarFolder jars;
    private final boolean hasProcesses;

    /**
     * @param jars remembers which are needed.
     * @param hasProcesses whether workers are processes.
     */
    Environments(final JarFolder jars, final boolean hasProcesses) {
        this.jars = jars;
        this.hasProcesses = hasProcesses;
    }

    /** Sets the environment of a task: its own, else its job's. Returns why it cannot have it; empty if it can. */
    String resolve(final TaskRecord task, final Job job) {
        if (task.environmentText.isEmpty() && job.environment().isPlain()) {
            return "";
        }
        try {
            task.environment = task.environmentText.isEmpty()
                    ? job.environment()
                    : RuntimeEnvironment.decode(task.environmentText);
        } catch (final IllegalArgumentException e) {
            return e.getMessage();
        }
        if (!hasProcesses && !task.environment.ofProcess().isPlain()) {
            return "a node inside one JVM has no other JVM options, variables or working directory to give; take a node of processes ('thornback start')";
        }
        final int classPathChars = job.classPath(task.environment).length();
        if (classPathChars > MAX_CLASS_PATH_CHARS) {
            return "jars and the job's class path together have length=" + classPathChars + ", limit="
                    + MAX_CLASS_PATH_CHARS + "; put the jars into one";
        }
        jars.needs(job.id(), task.environment);
        return "";
    }
}
