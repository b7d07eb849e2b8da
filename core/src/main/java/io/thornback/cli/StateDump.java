/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.node.NodeFile;
import io.thornback.node.NodeStatus;
import io.thornback.node.StateWriter;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The state of a node as text: its processes, what the commands show that read shared memory alone, the files of its rings, and the threads of each
 * role. Those are printed by each JVM itself, upon SIGQUIT, on a thread that nothing of ours can block; what a JVM has not printed within {@value
 * #PATIENCE_MS} ms is said to be missing.
 */
public final class StateDump implements StateWriter {
    private static final int PATIENCE_MS = 2_000;
    private static final int LOOK_MS = 100;
    private static final List<List<String>> COMMANDS = List.of(
            List.of("stat"),
            List.of("workers"),
            List.of("tasks", "--limit", "1000"),
            List.of("actors"),
            List.of("memory", "--top", "20"));

    /** Made by the supervisor, by name. */
    public StateDump() {}

    @Override
    public void write(NodeFile node, PrintWriter out) {
        head(out, "processes");
        NodeStatus.of(node.session().dir()).ifPresent(status -> StatusCommand.print(new Terminal(out), status));
        for (List<String> words : COMMANDS) {
            head(out, String.join(" ", words));
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of("--dir", node.session().dir().toString()));
            String[] args = all.toArray(String[]::new);
            CommandLine command = Main.commandLine(args);
            command.setOut(out);
            command.setErr(out);
            command.execute(args);
        }
        head(out, "rings");
        for (Path folder : List.of(node.session().inboxes(), node.session().lanes())) {
            files(out, folder);
        }
        threads(node, out);
    }

    private static void head(PrintWriter out, String text) {
        out.println();
        out.println("==== " + text);
    }

    private static void files(PrintWriter out, Path folder) {
        Table table = new Table("file in " + folder, "#bytes");
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .sorted()
                    .forEach(file ->
                            table.add(folder.relativize(file), file.toFile().length()));
        } catch (IOException | UncheckedIOException e) {
            out.println("  cannot list " + folder + ": " + e);
        }
        table.print(out);
    }

    private static void threads(NodeFile node, PrintWriter out) {
        head(out, "threads of the supervisor");
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            out.println("\"" + thread.getName() + "\" " + thread.getState());
            Stream.of(frames).forEach(frame -> out.println("    at " + frame));
        });
        Map<String, Long> before = new LinkedHashMap<>();
        node.roles().forEach((role, process) -> {
            before.put(role, node.session().out(role).toFile().length());
            ask(process);
        });
        for (Map.Entry<String, Long> role : before.entrySet()) {
            head(out, "threads of " + role.getKey());
            out.println(printed(node.session().out(role.getKey()), role.getValue()));
        }
    }

    private static void ask(ProcessIdentity process) {
        ProcessControl.signal(process, Signals.QUIT);
    }

    /** What was added to a file, once nothing more is. */
    private static String printed(Path file, long from) {
        long size = from;
        for (int waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            long now = file.toFile().length();
            if (now > from && now == size) {
                break;
            }
            size = now;
        }
        if (size <= from) {
            return "  nothing printed within " + PATIENCE_MS + " ms: the process is stopped, or gone";
        }
        try {
            byte[] all = Files.readAllBytes(file);
            return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "  cannot read " + file + ": " + e;
        }
    }
}
