/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which environment a task's worker must have. The raylet's agent's. */
final class Environments {
    /** What fits the message to the worker, with room for the rest of it. */
    private static final int MAX_CLASS_PATH_CHARS = 15_500;

    private static final int MAX_KNOWN = 256;

    private final JarFolder jars;
    private final boolean hasProcesses;
    /** Read once for all tasks that ask for the same, who get the same object; those asked for last at the end. */
    private final Map<Asked, Answer> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Asked, Answer> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    private record Asked(JobId job, String environmentText) {}

    /** {@code problem}: why nobody can have it; else empty. */
    private record Answer(RuntimeEnvironment environment, String problem) {}

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
        final Answer answer = known.computeIfAbsent(
                new Asked(job.id(), task.environmentText), asked -> read(asked.environmentText(), job));
        task.environment = answer.environment();
        return answer.problem();
    }

    private Answer read(final String text, final Job job) {
        final RuntimeEnvironment environment;
        try {
            environment = text.isEmpty() ? job.environment() : RuntimeEnvironment.decode(text);
        } catch (final IllegalArgumentException e) {
            return new Answer(RuntimeEnvironment.none(), e.getMessage());
        }
        if (!hasProcesses && !environment.ofProcess().isPlain()) {
            return new Answer(
                    environment,
                    "a node inside one JVM has no other JVM options, variables or working directory to give; take a node of processes ('thornback start')");
        }
        final int classPathChars = job.classPath(environment).length();
        if (classPathChars > MAX_CLASS_PATH_CHARS) {
            return new Answer(
                    environment,
                    "jars and the job's class path together have length=" + classPathChars + ", limit="
                            + MAX_CLASS_PATH_CHARS + "; put the jars into one");
        }
        jars.needs(job.id(), environment);
        return new Answer(environment, "");
    }
}
