/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.config.LogSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.node.JvmCommand;
import io.thornback.node.LogTail;
import io.thornback.node.Reload;
import io.thornback.node.SessionLayout;
import io.thornback.node.SessionProcesses;
import io.thornback.posix.ChildProcess;
import io.thornback.posix.ExitStatus;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessWatcher;
import io.thornback.posix.Signals;
import io.thornback.posix.SpawnRequest;
import io.thornback.posix.Spawner;
import io.thornback.resources.WorkerMemory;
import io.thornback.worker.WorkerMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers as processes, each in a session of its own. Launching and killing happen on a thread of the launcher's, exits are noticed on the watcher's.
 */
final class ProcessWorkerLauncher implements WorkerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWorkerLauncher.class);
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(2);
    private static final long REAP_PERIOD_MS = 1_000;
    private static final int REAP_LOOKS = 3;
    private static final long REAP_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(3);

    private final SessionLayout session;
    private final List<String> jvmOptions;
    private final Spawner spawner = new Spawner();
    private final ProcessWatcher watcher = new ProcessWatcher("worker-exits");
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        final Thread made = new Thread(task, "worker-launcher");
        made.setDaemon(true);
        return made;
    });
    private final Map<Integer, ChildProcess> children = new ConcurrentHashMap<>();
    /** Those that end because they are told to. */
    private final Set<Integer> told = ConcurrentHashMap.newKeySet();

    /** The launcher's thread's. */
    private WorkerGroups groups;

    private volatile LogSettings logs;
    private final OutputRotation rotation;
    private final EndedLogs endedLogs;
    private final LogQuota quota;

    /**
     * @param workers options of their JVMs, how many ended ones' files are kept, whether they get control groups.
     * @param logs when files of output are rotated, and how much all files may take.
     */
    ProcessWorkerLauncher(final SessionLayout session, final WorkerSettings workers, final LogSettings logs) {
        this.session = session;
        this.jvmOptions = workers.jvmOptions().isBlank()
                ? List.of()
                : List.of(workers.jvmOptions().trim().split("\\s+", -1));
        this.logs = logs;
        this.rotation = new OutputRotation(this::outputs, () -> this.logs);
        this.endedLogs = new EndedLogs(session.logs(), workers.keepLogs());
        this.quota = new LogQuota(session.logs(), () -> this.logs.maxTotalBytes(), this::namesOfLiving);
        thread.execute(
                () -> groups = workers.controlGroups() ? WorkerGroups.open(session) : WorkerGroups.none(session));
        if (ProcessControl.isSubreaper()) {
            // Not by SIGCHLD: the JDK's own code for processes sets that back to its default.
            final ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                    this::reapOrphansIfAny, REAP_PERIOD_MS, REAP_PERIOD_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Those that have ended while their workers live. */
    private void reapOrphansIfAny() {
        if (Spawner.hasDeadChild()) {
            reapOrphans();
        }
    }

    /** What a worker has started and left, and its zombies, at once. */
    private void endWhatIsLeftOf(final String worker) {
        groups.ended(worker);
        for (int look = 0; look < REAP_LOOKS; look++) {
            reapOrphans();
            LockSupport.parkNanos(REAP_PAUSE_NS);
        }
    }

    private void reapOrphans() {
        try {
            spawner.reapAdopted();
        } catch (final IllegalStateException e) {
            LOG.debug("not reaped, this process ends", e);
        } catch (final PosixException e) {
            LOG.warn("cannot reap what workers have left", e); // they stay zombies; nothing depends on it
        }
    }

    @Override
    public void reload(final LogSettings now) {
        logs = now;
        final byte[] line = (Reload.line(now) + "\n").getBytes(StandardCharsets.UTF_8);
        thread.execute(() -> children.values().forEach(child -> tell(child, line)));
    }

    /** One that ends at this moment does not matter; one that is started from now on has it from this process. A worker that is stopped (SIGSTOP) reads some five hundred lines later, when it goes on; more the pipe does not hold. */
    private static void tell(final ChildProcess child, final byte[] line) {
        try {
            child.control().write(line);
        } catch (final IOException e) {
            LOG.debug("{} is not told how to log: it ends", child, e);
        }
    }

    private Set<String> namesOfLiving() {
        return children.keySet().stream().map(ProcessWorkerLauncher::nameOf).collect(Collectors.toSet());
    }

    private List<Path> outputs() {
        return children.keySet().stream()
                .map(number -> session.out(nameOf(number)))
                .toList();
    }

    /** Process ids of the workers that live; any thread. */
    List<Long> pids() {
        return children.values().stream().map(child -> child.identity().pid()).toList();
    }

    private static String nameOf(final int number) {
        return SessionProcesses.WORKER_PREFIX + number;
    }

    @Override
    public void launch(
            final int number, final long processBytes, final RuntimeEnvironment environment, final Listener listener) {
        thread.execute(() -> launchNow(number, WorkerMemory.divide(processBytes), environment, listener));
    }

    private void launchNow(
            final int number,
            final WorkerMemory memory,
            final RuntimeEnvironment environment,
            final Listener listener) {
        final String name = nameOf(number);
        final JvmCommand command = JvmCommand.of(WorkerMain.class.getName())
                .flags(JvmCommand.SMALL)
                .flags(jvmOptions)
                .flags(environment.jvmOptions())
                .heap(memory.heapBytes())
                .directMemory(memory.directBytes())
                .logsAs(name, session)
                .arguments(List.of(session.shm().toString(), Integer.toString(number), RayletRole.INBOX));
        final Map<String, String> variables = new HashMap<>(JvmCommand.environment(session, name));
        variables.putAll(environment.variables());
        final SpawnRequest request = SpawnRequest.of(
                        JvmCommand.java(), command.toArguments(), variables, session.out(name))
                .in(environment.workingDirectory().orElse(null));
        final ChildProcess child;
        try {
            child = spawner.spawn(request);
        } catch (final PosixException e) {
            LOG.error("cannot start {}", name, e);
            listener.exited("could not be started: " + e.getMessage(), false, List.of());
            endedLogs.ended(name);
            return;
        }
        children.put(number, child);
        listener.started(child.identity());
        watcher.watch(child.identity(), dead -> ended(number, child, listener));
        groups.started(name, child.identity().pid()); // takes some milliseconds, and its JVM takes longer
    }

    private void ended(final int number, final ChildProcess child, final Listener listener) {
        try {
            thread.execute(() -> endWhatIsLeftOf(nameOf(number))); // first of all
        } catch (final RejectedExecutionException e) {
            LOG.debug("what {} has left goes with the session", nameOf(number), e);
        }
        child.signalGroup(Signals.KILL);
        final ExitStatus status = child.reap();
        child.close();
        children.remove(number);
        final boolean expected = told.remove(number);
        listener.exited(
                "ended with " + status.describe(),
                status.signal() == Signals.KILL && !expected,
                expected ? List.of() : LogTail.of(session, nameOf(number)));
        endedLogs.ended(nameOf(number));
    }

    @Override
    public void kill(final int number) {
        thread.execute(() -> {
            final ChildProcess child = children.get(number);
            if (child != null) {
                told.add(number);
                child.signalGroup(Signals.KILL);
            }
        });
    }

    @Override
    public boolean hasProcesses() {
        return true;
    }

    @Override
    public String logOf(final int number) {
        return session.out(nameOf(number)).toString();
    }

    @Override
    public void close() {
        thread.shutdown();
        rotation.close();
        quota.close();
        children.values().forEach(child -> child.signalGroup(Signals.KILL));
        for (final ChildProcess child : children.values()) {
            if (!child.awaitExit(EXIT_TIMEOUT)) {
                LOG.error("{} did not end when it was killed", child);
            }
        }
        watcher.close();
        try {
            if (thread.awaitTermination(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                groups.close();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ProcessControl.isSubreaper() && !spawner.endAdopted(EXIT_TIMEOUT)) {
            LOG.warn("what workers had left does not end");
        }
        spawner.close();
    }
}
