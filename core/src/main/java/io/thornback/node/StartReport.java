/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells whoever started the supervisor how the start goes, line by line, on the status pipe. A starter that is gone is ignored. */
final class StartReport {

    private final OutputStream pipe;
    private final long startNs = System.nanoTime();

    StartReport(OutputStream pipe) {
        this.pipe = pipe;
    }

    /** A step is done. */
    void step(String name) {
        write(new ControlLine(ControlLine.STEP, Map.of("step", name, "ms", Long.toString(elapsedMs()))));
    }

    /** A role waits for something outside this node. */
    void waiting(String role, String what) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("step", role);
        values.put("for", what);
        values.put("ms", Long.toString(elapsedMs()));
        write(new ControlLine(ControlLine.WAITING, values));
    }

    /** The node is ready. */
    void ready(SessionLayout session) {
        write(new ControlLine(
                ControlLine.READY, Map.of("session", session.session().toString())));
    }

    /**
     * The start has failed and was undone.
     *
     * @param reason one line: step, reason, remedy
     * @param log the file to look at; may be null
     * @param tail last lines of it
     */
    void failed(String reason, String log, List<String> tail) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("reason", reason);
        if (log != null) {
            values.put("log", log);
        }
        values.put("tail", String.join("\n", tail));
        write(new ControlLine(ControlLine.FAILED, values));
    }

    long elapsedMs() {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    private void write(ControlLine line) {
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            pipe.flush();
        } catch (IOException e) {
            return; // the starter is gone; its end of the control pipe tells the supervisor what that means
        }
    }
}
