/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.TaskInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback timeline}. */
@Command(
        name = "timeline",
        sortOptions = false,
        description = {
            "Writes when each worker ran which task, as a Chrome trace: open it in https://ui.perfetto.dev or"
                    + " chrome://tracing.",
            "It has the tasks and calls that 'thornback tasks' lists, and reads shared memory only."
        },
        footer = {
            "",
            "Examples:",
            "  thornback timeline -o trace.json",
            "  thornback timeline --job 3 > trace.json",
            "",
            "Exit code 1 if the file cannot be written, 3 if no node is running."
        })
final class TimelineCommand implements Callable<Integer> {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it, over what is there; standard output if not given.")
    private Path output;

    @Option(names = "--job", paramLabel = "N", description = "Only tasks of a job.")
    private Integer job;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return NodeView.with(folder, spec, this::write);
    }

    private int write(Path shmDir) {
        List<TaskInfo> tasks = TaskInfo.list(shmDir).stream()
                .filter(task -> job == null || task.id().job().value() == job)
                .toList();
        ChromeTrace trace = new ChromeTrace(tasks, System.nanoTime());
        if (output == null) {
            PrintWriter out = spec.commandLine().getOut();
            trace.write(out);
            out.flush();
            return 0;
        }
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(output, StandardCharsets.UTF_8))) {
            trace.write(out);
            if (out.checkError()) {
                throw new IOException("the disk may be full");
            }
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .println("thornback: cannot write " + output + ": " + e + "; choose another file with -o");
            return CliErrors.FAILED;
        }
        spec.commandLine()
                .getOut()
                .println("wrote " + trace.tasks() + " tasks of " + trace.workers() + " workers to " + output
                        + "; open it in https://ui.perfetto.dev");
        return 0;
    }
}
