/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.objectstore.ObjectStoreException;
import io.thornback.posix.PosixException;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The running node's object store, for the commands that look at it from outside. */
final class StoreFolder {
    private static final int MAX_COUNT = 100_000;

    private StoreFolder() {}

    /** Runs a command on the node's folder in shared memory; the result is the exit code. */
    static int with(FolderFlags folder, CommandSpec spec, Consumer<Path> command) {
        return NodeView.with(folder, spec, shmDir -> {
            try {
                command.accept(shmDir);
                return 0;
            } catch (ObjectStoreException | PosixException e) {
                spec.commandLine().getErr().println("thornback: the object store cannot be read: " + e.getMessage());
                return CliErrors.FAILED;
            }
        });
    }

    /** Refuses a number of rows that nobody can want. */
    static void checkCount(CommandSpec spec, String flag, int count) {
        if (count < 0 || count > MAX_COUNT) {
            throw new ParameterException(spec.commandLine(), flag + "=" + count + " is not in 0.." + MAX_COUNT);
        }
    }
}
