/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.logging.RoleLogging;
import io.thornback.node.ControlLine;
import io.thornback.node.Reload;
import io.thornback.posix.ProcessControl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Main of a worker process: {@code WorkerMain <shm folder> <number> <raylet's inbox>}. Standard input is a pipe whose other end
 * the raylet holds: when it ends, the raylet has died, and so does the worker. A line of it says how to log from then on.
 */
public final class WorkerMain {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerMain.class);

    /** The worker could not answer a call, or not end in order; its log says why. */
    private static final int BROKEN_EXIT_CODE = 1;

    private WorkerMain() {}

    /** Runs until the raylet says stop, or dies. */
    public static void main(final String[] args) throws InterruptedException {
        endWithParent();
        final Worker worker = new Worker(
                Path.of(args[0]),
                Integer.parseInt(args[1]),
                args[2],
                job -> RoleLogging.jobIs(Integer.toString(job.value())));
        worker.rehearse();
        final int timeoutMs = worker.awaitStop();
        int exitCode = BROKEN_EXIT_CODE;
        try {
            worker.close(Math.max(0, timeoutMs));
            exitCode = timeoutMs == Worker.BROKEN ? BROKEN_EXIT_CODE : 0;
        } finally {
            System.exit(exitCode);
        }
    }

    private static void endWithParent() {
        final Thread thread = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            Reload.take(ControlLine.parse(line));
                        }
                    } catch (final IOException | IllegalArgumentException e) {
                        LOG.warn("control pipe broken, ending", e);
                    } finally {
                        ProcessControl.exitNow(ProcessControl.PARENT_DIED_EXIT_CODE);
                    }
                },
                "parent-watch");
        thread.setDaemon(true);
        thread.start();
        ProcessControl.dieWithParent();
    }
}
