/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.OwnerLock;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.ProcessWatcher;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stops the node of a folder of sessions from outside: a signal to its supervisor, and force when that does not help. */
public final class NodeStopper {

    /** How a stop went. */
    public enum Outcome {
        /** No node was running. */
        NOTHING_RUNNING,
        /** The supervisor stopped the node in order. */
        STOPPED,
        /** The supervisor did not stop in time, or was not asked to; its processes were killed. */
        KILLED
    }

    /**
     * What was done.
     *
     * @param outcome how it ended
     * @param supervisorPid whose node it was; 0 if none was running
     * @param killed processes that had to be killed
     */
    public record Report(Outcome outcome, long supervisorPid, int killed) {}

    private NodeStopper() {}

    /**
     * Stops the node; blocks until all its processes have ended.
     *
     * @param dir folder of sessions
     * @param timeout how long an orderly stop may take
     * @param force kill at once
     */
    public static Report stop(Path dir, Duration timeout, boolean force) {
        Optional<NodeFile> file = NodeFile.read(dir.resolve("latest"));
        Optional<ProcessIdentity> supervisor = NodeLock.holder(dir)
                .filter(pid -> pid > 0)
                .flatMap(ProcessIdentity::of)
                .or(() -> file.filter(NodeFile::isRunning).map(NodeFile::supervisor));
        if (supervisor.isEmpty()) {
            int killed = sweepLatest(dir, file);
            return new Report(killed > 0 ? Outcome.KILLED : Outcome.NOTHING_RUNNING, 0, killed);
        }
        ProcessIdentity target = supervisor.get();
        if (!force && ProcessControl.signal(target, Signals.TERM) && awaitExit(target, timeout)) {
            return new Report(Outcome.STOPPED, target.pid(), 0);
        }
        ProcessControl.signal(target, Signals.KILL);
        awaitExit(target, Duration.ofSeconds(2));
        int killed = 1 + sweepLatest(dir, NodeFile.read(dir.resolve("latest")).or(() -> file));
        return new Report(Outcome.KILLED, target.pid(), killed);
    }

    /** Ends what a supervisor that is dead has left of its session. */
    private static int sweepLatest(Path dir, Optional<NodeFile> file) {
        if (file.isEmpty() || OwnerLock.holder(dir.resolve("node.lock")).isPresent()) {
            return 0;
        }
        SessionLayout session = file.get().session();
        int killed = SessionProcesses.killAll(session.name()).size();
        try {
            PrivateFiles.deleteSharedMemory(session.shm());
            Files.deleteIfExists(session.nodeFile());
        } catch (IOException e) {
            throw new NodeException("cannot remove what the session left in " + session.shm(), "remove it by hand", e);
        }
        return killed;
    }

    private static boolean awaitExit(ProcessIdentity process, Duration timeout) {
        CountDownLatch ended = new CountDownLatch(1);
        try (ProcessWatcher watcher = new ProcessWatcher("stop")) {
            watcher.watch(process, identity -> ended.countDown());
            return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
