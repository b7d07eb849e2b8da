/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to start, and with what. The environment is complete: the child inherits no variable of ours.
 *
 * @param executable       absolute; no search along PATH, no shell
 * @param arguments        without the program's own name
 * @param environment      all of it; the spawner adds {@link ProcessControl#PARENT_PID_VARIABLE}
 * @param logFile          stdout and stderr are appended to it; made (mode 0600) if missing, its folder must exist
 * @param wantsStatusPipe  whether the child gets the writing end of a pipe as descriptor 3
 * @param workingDirectory null for ours
 */
public record SpawnRequest(
        Path executable,
        List<String> arguments,
        Map<String, String> environment,
        Path logFile,
        boolean wantsStatusPipe,
        Path workingDirectory) {

    public SpawnRequest {
        if (!executable.isAbsolute()) {
            throw new IllegalArgumentException("executable=" + executable + " must be an absolute path");
        }
        Objects.requireNonNull(logFile, "logFile");
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        for (final String name : environment.keySet()) {
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException("environment variable \"" + name + "\" has no valid name");
            }
        }
    }

    /** Without status pipe, in our working directory. */
    public static SpawnRequest of(
            final Path executable,
            final List<String> arguments,
            final Map<String, String> environment,
            final Path logFile) {
        return new SpawnRequest(executable, arguments, environment, logFile, false, null);
    }

    /** The same with a status pipe. */
    public SpawnRequest withStatusPipe() {
        return new SpawnRequest(executable, arguments, environment, logFile, true, workingDirectory);
    }

    /** The same in another working directory; needs glibc 2.29 or later, or musl 1.1.24. */
    public SpawnRequest in(final Path newWorkingDirectory) {
        return new SpawnRequest(executable, arguments, environment, logFile, wantsStatusPipe, newWorkingDirectory);
    }
}
