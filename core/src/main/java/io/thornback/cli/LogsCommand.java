/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.config.NearestKey;
import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thornback logs}. */
@Command(
        name = "logs",
        sortOptions = false,
        description = "Lists the logs of the node that runs, or ran last; prints and follows them.",
        footer = {
            "",
            "Examples:",
            "  thornback logs",
            "  thornback logs --role gcs --lines 50",
            "  thornback logs --worker 3 --out",
            "  thornback logs -f",
            "",
            "Without --role, --worker, --lines or -f it lists the files. Lines of rotated files are read too.",
            "-f ends when the node does. Exit code 3 if no node has run."
        })
final class LogsCommand implements Callable<Integer> {
    private static final int DEFAULT_LINES = 20;
    private static final int MOST_LINES = 10_000_000;

    @Option(
            names = "--role",
            paramLabel = "NAME",
            description = "That of a process: supervisor, gcs, objectstore, raylet. May be repeated.")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--worker", paramLabel = "N", description = "That of a worker, by its number. May be repeated.")
    private List<Integer> workers = new ArrayList<>();

    @Option(
            names = "--out",
            description = "What they printed (standard output and error), instead of what they logged.")
    private boolean printed;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "So many last lines of each, 0 to 10000000; 20 if not given.")
    private Integer lines;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is added, until the node stops.")
    private boolean follow;

    @Option(names = "--json", description = "Print the list as JSON.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (lines != null && (lines < 0 || lines > MOST_LINES)) {
            throw new ParameterException(spec.commandLine(), "--lines=" + lines + " is not in 0.." + MOST_LINES);
        }
        boolean isList = roles.isEmpty() && workers.isEmpty() && lines == null && !follow;
        if (json && !isList) {
            throw new ParameterException(spec.commandLine(), "--json is for the list of logs");
        }
        Path dir = folder.configuration().node().dir();
        try {
            if (!Files.exists(dir.resolve("latest"))) {
                spec.commandLine()
                        .getErr()
                        .println("thornback: no node has run in " + dir + "; start one with 'thornback start --head'");
                return StatusCommand.NOT_RUNNING;
            }
            // The link's target: a node that is started meanwhile has logs of its own.
            Path session = dir.resolve("latest").toRealPath();
            LogList list = LogList.of(session.resolve("logs"));
            return isList ? list(list) : print(session, list);
        } catch (IOException e) {
            throw new NodeException("cannot read the logs in " + dir.resolve("latest/logs") + ": " + e, "", e);
        }
    }

    private int list(LogList list) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            List<Object> rows = new ArrayList<>();
            for (LogList.Log log : list.logs()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("process", log.process());
                row.put("file", log.file().toString());
                row.put("sizeBytes", log.sizeBytes());
                row.put("rotated", log.rotated());
                row.put("writtenMs", log.writtenMs());
                rows.add(row);
            }
            out.println(Json.write(rows));
            return 0;
        }
        Table table = new Table("process", "#size", "#rotated", "#written", "file");
        long nowMs = System.currentTimeMillis();
        for (LogList.Log log : list.logs()) {
            table.add(
                    log.process(),
                    MemoryAmount.describe(log.sizeBytes()),
                    log.rotated(),
                    Durations.of(Math.max(0, nowMs - log.writtenMs()) * 1_000_000) + " ago",
                    log.file());
        }
        table.print(out);
        return 0;
    }

    private int print(Path session, LogList list) throws IOException {
        List<String> wanted = new ArrayList<>(roles);
        workers.forEach(number -> wanted.add("worker-" + number));
        List<String> known = list.processes();
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "no log of " + name
                                + (known.isEmpty() ? "" : "; did you mean " + NearestKey.of(name, known) + "?"));
            }
        }
        LogPrinter printer =
                new LogPrinter(session.resolve("logs"), wanted, printed, lines == null ? DEFAULT_LINES : lines, spec);
        try (printer) {
            printer.begin();
            if (!follow) {
                return 0;
            }
            printer.follow(
                    () -> NodeFile.read(session).filter(NodeFile::isRunning).isPresent());
        }
        spec.commandLine().getErr().println("thornback: the node is not running, as of " + Instant.now());
        return StatusCommand.NOT_RUNNING;
    }
}
