/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the commands have in common that list what a node shows of itself: they read its shared memory and ask nobody.
 *
 * @param <T> a row
 */
abstract class ListCommand<T> implements Callable<Integer> {

    private final String what;

    @Option(names = "--job", paramLabel = "N", description = "Only those of a job.")
    private Integer job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many, the latest, 0 to 100000; ${DEFAULT-VALUE} if not given.")
    private int limit;

    @Option(names = "--json", description = "Print JSON; times in nanoseconds of the host's monotonic clock.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    /**
     * For the command.
     *
     * @param what a row is: task
     * @param defaultLimit most rows, if nothing else is said
     */
    ListCommand(String what, int defaultLimit) {
        this.what = what;
        this.limit = defaultLimit;
    }

    /** Refuses flags that nobody can want. */
    abstract void check(CommandSpec ofCommand);

    /** All rows, the latest last. */
    abstract List<T> read(Path shmDir);

    /** Whether a row passes the command's own flags. */
    abstract boolean isWanted(T row);

    /** The job of a row. */
    abstract int jobOf(T row);

    /** Whether the command line names one row, so that it is a failure if there is none. */
    abstract boolean isOneNamed();

    abstract Table toTable(List<T> rows);

    abstract Map<String, Object> toMap(T row);

    @Override
    public Integer call() {
        StoreFolder.checkCount(spec, "--limit", limit);
        check(spec);
        return NodeView.with(folder, spec, this::list);
    }

    private int list(Path shmDir) {
        List<T> wanted = read(shmDir).stream()
                .filter(row -> (job == null || jobOf(row) == job) && isWanted(row))
                .toList();
        List<T> latest = wanted.subList(Math.max(0, wanted.size() - limit), wanted.size());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(latest.stream().map(this::toMap).toList()));
        } else if (wanted.isEmpty()) {
            out.println("no such " + what);
        } else {
            toTable(latest).print(out);
            if (latest.size() < wanted.size()) {
                out.println("  the latest " + latest.size() + " of " + wanted.size() + "; --limit shows more");
            }
        }
        return wanted.isEmpty() && isOneNamed() ? CliErrors.FAILED : 0;
    }
}
