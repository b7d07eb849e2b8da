/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
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
import java.util.function.Consumer;

/** Stops the node of a folder of sessions from outside: a signal to its supervisor, and force when that does not help. */
public final class NodeStopper {

    /** How a stop went. */
    public enum Outcome {
        /** No node was running. */
        NOTHING_RUNNING,
        /** The supervisor stopped the node in order. */
        STOPPED,
        /** The same, but what it had taken on was not finished when the time for it was over. */
        CUT_OFF,
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

    /** What an orderly end may take beyond the node's own deadlines. */
    private static final Duration EXTRA = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private NodeStopper() {}

    /**
     * Stops the node; blocks until all its processes have ended.
     *
     * @param dir folder of sessions
     * @param waiting called about each second meanwhile, with the session's shared memory
     */
    public static Report stop(Path dir, StopOrder order, Consumer<Path> waiting) {
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
        Optional<Outcome> end = inOrder(target, order, file, waiting);
        if (end.isPresent()) {
            return new Report(end.get(), target.pid(), 0);
        }
        ProcessControl.signal(target, Signals.KILL);
        awaitExit(target, Duration.ofSeconds(2), () -> {});
        int killed = 1 + sweepLatest(dir, NodeFile.read(dir.resolve("latest")).or(() -> file));
        return new Report(Outcome.KILLED, target.pid(), killed);
    }

    /** Asks the supervisor; empty if it has not ended in time. */
    private static Optional<Outcome> inOrder(
            ProcessIdentity target, StopOrder order, Optional<NodeFile> file, Consumer<Path> waiting) {
        NodeConfig own = file.flatMap(NodeFile::configuration) // which may be more than this process was told
                .orElseGet(Configuration::defaults)
                .node();
        Duration stop = own.stopTimeout().plus(EXTRA);
        Runnable look =
                () -> file.ifPresent(node -> waiting.accept(node.session().shm()));
        return switch (order.mode()) {
            case FINISH -> {
                ProcessControl.signal(target, Signals.WINCH);
                if (awaitExit(target, order.limit().orElse(FOR_EVER), look)) {
                    yield Optional.of(Outcome.STOPPED);
                }
                yield endNow(target, stop, look) ? Optional.of(Outcome.CUT_OFF) : Optional.empty();
            }
            case DRAIN ->
                ProcessControl.signal(target, Signals.TERM)
                                && awaitExit(
                                        target,
                                        order.limit().orElse(own.drainTimeout().plus(stop)),
                                        look)
                        ? Optional.of(Outcome.STOPPED)
                        : Optional.empty();
            case NOW ->
                endNow(target, order.limit().orElse(stop), look) ? Optional.of(Outcome.STOPPED) : Optional.empty();
            case KILL -> Optional.empty();
        };
    }

    /** Two signals: the second ends the drain that the first begins. Not the same twice, which the kernel would make one. */
    private static boolean endNow(ProcessIdentity target, Duration limit, Runnable look) {
        return ProcessControl.signal(target, Signals.TERM)
                && ProcessControl.signal(target, Signals.INT)
                && awaitExit(target, limit, look);
    }

    /** Ends what a supervisor that is dead has left of its session. */
    private static int sweepLatest(Path dir, Optional<NodeFile> file) {
        if (file.isEmpty() || OwnerLock.holder(dir.resolve("node.lock")).isPresent()) {
            return 0;
        }
        SessionLayout session = file.get().session();
        int killed = SessionProcesses.killAll(session).size();
        try {
            PrivateFiles.deleteSharedMemory(session.shm());
            Files.deleteIfExists(session.nodeFile());
        } catch (IOException e) {
            throw new NodeException("cannot remove what the session left in " + session.shm(), "remove it by hand", e);
        }
        return killed;
    }

    private static boolean awaitExit(ProcessIdentity process, Duration timeout, Runnable eachSecond) {
        CountDownLatch ended = new CountDownLatch(1);
        try (ProcessWatcher watcher = new ProcessWatcher("stop")) {
            watcher.watch(process, identity -> ended.countDown());
            long beganNs = System.nanoTime();
            long leftMs = timeout.toMillis();
            while (!ended.await(Math.min(leftMs, LOOK.toMillis()), TimeUnit.MILLISECONDS)) {
                leftMs = timeout.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
                if (leftMs <= 0) {
                    return false;
                }
                eachSecond.run();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
