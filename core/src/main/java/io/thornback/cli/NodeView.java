/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.node.NodeFile;
import io.thornback.observe.ObserveException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Model.CommandSpec;

/** The running node's shared memory, for the commands that look at it or change it. */
final class NodeView {

    private NodeView() {}

    /** Runs a command on the node's folder in shared memory; the result is the exit code. */
    static int with(FolderFlags folder, CommandSpec spec, ToIntFunction<Path> command) {
        return withNode(folder, spec, node -> command.applyAsInt(node.session().shm()));
    }

    /** Runs a command on the node; the result is the exit code. */
    static int withNode(FolderFlags folder, CommandSpec spec, ToIntFunction<NodeFile> command) {
        Path dir = folder.configuration().node().dir();
        Optional<NodeFile> node = NodeFile.findRunning(dir);
        if (node.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("thornback: no node is running in " + dir + "; start one with 'thornback start --head'");
            return StatusCommand.NOT_RUNNING;
        }
        try {
            return command.applyAsInt(node.get());
        } catch (ObserveException e) {
            spec.commandLine().getErr().println("thornback: " + e.getMessage());
            return CliErrors.FAILED;
        }
    }
}
