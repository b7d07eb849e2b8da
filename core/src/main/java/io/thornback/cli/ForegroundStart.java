/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.node.NodeStarter;
import io.thornback.posix.SdNotify;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The time until a node is ready, in the main process of a service: a service manager is told how long it may take, and SIGTERM undoes it. This process
 * stays until that is done, because systemd kills what is left of a service as soon as its main process has ended, and shared memory would stay.
 */
final class ForegroundStart {
    private static final Duration EXTRA = Duration.ofSeconds(5);

    private final Duration undoLimit;
    private final Thread undo = new Thread(this::undo, "undo-start");

    private ForegroundStart(Configuration configuration) {
        undoLimit = configuration.node().stopTimeout().plus(EXTRA);
    }

    /** From now on. */
    static ForegroundStart begin(Configuration configuration, PrintWriter err) {
        Foreground.say(
                SdNotify.extendTimeout(NodeStarter.startLimit(configuration)) + "\n" + Foreground.status("starting"),
                err);
        ForegroundStart start = new ForegroundStart(configuration);
        Runtime.getRuntime().addShutdownHook(start.undo);
        return start;
    }

    /** The node is ready, and SIGTERM has another meaning. */
    void end() {
        try {
            Runtime.getRuntime().removeShutdownHook(undo);
        } catch (IllegalStateException e) {
            return; // it has come already, and the hook runs
        }
    }

    /** The only child is the supervisor, if there is one yet. */
    private void undo() {
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        children.forEach(ProcessHandle::destroy);
        CompletableFuture<?>[] ends =
                children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ends)
                .completeOnTimeout(null, undoLimit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
