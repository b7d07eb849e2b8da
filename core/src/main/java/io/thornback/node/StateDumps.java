/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What SIGUSR1 to the supervisor does: {@code logs/state-<time>.txt} in the session's folder. The latest {@value #KEPT} are kept. */
final class StateDumps {
    private static final int KEPT = 10;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");
    /** By name: it is made of commands, which know this package. */
    private static final String WRITER = "io.thornback.cli.StateDump";

    private StateDumps() {}

    /** One at a time; any thread, but not the supervisor's. */
    static synchronized void write(NodeFile node) {
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        Path file = node.session().logs().resolve("state-" + now.format(TIME) + ".txt");
        try {
            StateWriter writer = Class.forName(WRITER)
                    .asSubclass(StateWriter.class)
                    .getDeclaredConstructor()
                    .newInstance();
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text);
            out.println("node " + node.nodeId() + " (" + node.kind().text() + "), session "
                    + node.session().name() + ", " + now);
            writer.write(node, out);
            out.flush();
            PrivateFiles.writeAtomically(file, text.toString());
            removeOld(node.session().logs());
            NodeLog.log().info("wrote the node's state to {}", file);
        } catch (IOException | ReflectiveOperationException | RuntimeException e) {
            NodeLog.log().error("cannot write the node's state to {}", file, e);
        }
    }

    private static void removeOld(Path logs) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(logs, "state-*.txt")) {
            entries.forEach(files::add);
        }
        Collections.sort(files);
        for (Path old : files.subList(0, Math.max(0, files.size() - KEPT))) {
            Files.deleteIfExists(old);
        }
    }
}
