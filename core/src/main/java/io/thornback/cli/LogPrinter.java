/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.logging.LogReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Model.CommandSpec;

/** Prints logs, each under its name if there are several, and what is added to them, also in files that come later. One thread. */
final class LogPrinter implements AutoCloseable {
    private static final int LOOK_MS = 200;

    private final Path folder;
    private final List<String> wanted;
    private final boolean printed;
    private final int lines;
    private final PrintWriter out;
    private final Map<Path, LogReader> readers = new LinkedHashMap<>();
    private Path last;

    /**
     * Reads nothing yet.
     *
     * @param wanted processes; none: all
     * @param printed what they printed instead of what they logged
     * @param lines last lines of each to begin with
     */
    LogPrinter(Path folder, List<String> wanted, boolean printed, int lines, CommandSpec spec) {
        this.folder = folder;
        this.wanted = List.copyOf(wanted);
        this.printed = printed;
        this.lines = lines;
        this.out = spec.commandLine().getOut();
    }

    /** The last lines of each. */
    void begin() throws IOException {
        for (Path file : LogList.files(folder, wanted, printed)) {
            readers.put(file, new LogReader(file));
        }
        for (Map.Entry<Path, LogReader> entry : readers.entrySet()) {
            entry.getValue().last(lines, line -> print(entry.getKey(), line));
        }
        if (readers.isEmpty()) {
            out.println("nothing yet in " + folder);
        }
        out.flush();
    }

    /** What is added, until the node has ended. */
    void follow(BooleanSupplier runs) throws IOException {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = runs.getAsBoolean() && pause(); // asked before reading: its last words are read too
            for (Path file : LogList.files(folder, wanted, printed)) {
                readers.computeIfAbsent(file, LogReader::new);
            }
            for (Map.Entry<Path, LogReader> entry : readers.entrySet()) {
                entry.getValue().more(line -> print(entry.getKey(), line));
            }
            out.flush();
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lines of a log name their process; a program's prints do not. */
    private void print(Path file, String line) {
        if (!file.equals(last)) {
            if (readers.size() > 1 || last != null) {
                out.println("==> " + file.getFileName() + " <==");
            }
            last = file;
        }
        out.println(line);
    }

    @Override
    public void close() throws IOException {
        for (Map.Entry<Path, LogReader> entry : readers.entrySet()) {
            entry.getValue().finish(line -> print(entry.getKey(), line));
            entry.getValue().close();
        }
        out.flush();
    }
}
