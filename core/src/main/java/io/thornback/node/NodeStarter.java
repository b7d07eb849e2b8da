/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.posix.ChildProcess;
import io.thornback.posix.ExitStatus;
import io.thornback.posix.SdNotify;
import io.thornback.posix.Signals;
import io.thornback.posix.SpawnRequest;
import io.thornback.posix.Spawner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts a node as processes of its own and waits until it is ready. Until {@link #keep} the node belongs to this process: it ends
 * when this object is closed or this process ends, however it ends. One thread.
 */
public final class NodeStarter implements AutoCloseable {

    private static final long SUPERVISOR_HEAP_BYTES = 48 << 20;
    private static final long SUPERVISOR_YOUNG_BYTES = 8L << 20;
    private static final Duration EXTRA = Duration.ofSeconds(15);
    private static final Duration KILLED = Duration.ofSeconds(2);

    private final Configuration configuration;
    private final Spawner spawner;
    private final ChildProcess supervisor;
    private NodeFile node;
    private boolean kept;

    private NodeStarter(Configuration configuration, Spawner spawner, ChildProcess supervisor) {
        this.configuration = configuration;
        this.spawner = spawner;
        this.supervisor = supervisor;
    }

    /**
     * Starts a head, whatever {@code cluster.address} says, and waits until it is ready.
     *
     * @param progress is told of each step: its name and milliseconds since the supervisor began
     * @throws NodeException if it did not come up; everything was undone
     */
    public static NodeStarter start(Configuration configuration, Consumer<Step> progress) {
        Configuration head = configuration.cluster().address().isEmpty()
                ? configuration
                : configuration.with(Map.of(ClusterSettings.ADDRESS, ""));
        return start(head, supervisorProgram(), "", progress);
    }

    /**
     * Starts a node that joins the cluster whose GCS is at {@code cluster.address}, and waits until it has joined and is ready.
     *
     * @param token the cluster's; it is in no command line, environment or log of what is started
     * @param progress as for a head; also how the waiting for the GCS goes
     * @throws NodeException if it did not come up, or was refused; everything was undone
     */
    public static NodeStarter join(Configuration configuration, String token, Consumer<Step> progress) {
        if (configuration.cluster().address().isEmpty()) {
            throw new IllegalArgumentException("a node that joins needs cluster.address");
        }
        return start(
                configuration,
                supervisorProgram(),
                new ControlLine(ControlLine.TOKEN, Map.of("text", token)) + "\n",
                progress);
    }

    private static JvmCommand supervisorProgram() {
        return JvmCommand.of("io.thornback.node.SupervisorMain");
    }

    /**
     * One step of a start.
     *
     * @param name "session", "spawned", or the role that is ready or waits
     * @param elapsedMs since the supervisor began
     * @param waitsFor what the role waits for outside this node; empty: the step is done
     */
    public record Step(String name, long elapsedMs, String waitsFor) {}

    static NodeStarter start(Configuration configuration, JvmCommand program, Consumer<Step> progress) {
        return start(configuration, program, "", progress);
    }

    /** Spawns the supervisor, tells it what only it may know, and waits. */
    private static NodeStarter start(
            Configuration configuration, JvmCommand program, String secret, Consumer<Step> progress) {
        NodeConfig config = configuration.node();
        Sessions.requireFolder(config.dir(), "--dir");
        NodeLock.requireFree(config.dir());
        JvmCommand command = program.flags(JvmCommand.SMALL)
                .flags(RoleSpec.QUICK)
                .heap(SUPERVISOR_HEAP_BYTES)
                .youngHeap(SUPERVISOR_YOUNG_BYTES)
                .property("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider")
                .property("slf4j.internal.verbosity", "WARN")
                .arguments(configuration.encode());
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove(
                SessionProcesses.SESSION_VARIABLE); // a node started by a task is not part of that task's session
        environment.remove(JvmCommand.TOKEN_VARIABLE);
        SdNotify.VARIABLES.forEach(environment::remove);
        environment.put(SessionProcesses.ROLE_VARIABLE, SupervisorMain.ROLE);
        environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
        Path output = config.dir().resolve("supervisor.out");
        Spawner spawner = new Spawner();
        NodeStarter starter = null;
        try {
            ChildProcess child =
                    spawner.spawn(SpawnRequest.of(JvmCommand.java(), command.toArguments(), environment, output)
                            .withStatusPipe());
            starter = new NodeStarter(configuration, spawner, child);
            starter.say(secret);
            starter.await(progress, output);
            return starter;
        } catch (RuntimeException e) {
            if (starter == null) {
                spawner.close();
            } else {
                starter.close();
            }
            throw e;
        }
    }

    private void say(String text) {
        try {
            supervisor.control().write(text.getBytes(StandardCharsets.UTF_8));
            supervisor.control().flush();
        } catch (IOException e) {
            return; // it has ended already; why is what the status pipe, or its output, says next
        }
    }

    private void await(Consumer<Step> progress, Path output) {
        CountDownLatch done = new CountDownLatch(1);
        Thread watchdog = new Thread(() -> killIfLate(done), "start-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(supervisor.status(), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null && node == null; text = lines.readLine()) {
                onLine(ControlLine.parse(text), progress);
                if (node != null) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new NodeException("cannot hear the supervisor: " + e, "see " + output, e);
        } finally {
            done.countDown();
        }
        throw new NodeException(
                "the supervisor ended without a word: " + String.join(" / ", LogTail.last(output)), "see " + output);
    }

    private void onLine(ControlLine line, Consumer<Step> progress) {
        switch (line.verb()) {
            case ControlLine.STEP, ControlLine.WAITING ->
                progress.accept(new Step(
                        line.value("step"),
                        Long.parseLong(line.value("ms")),
                        line.values().getOrDefault("for", "")));
            case ControlLine.READY -> {
                Path session = Path.of(line.value("session"));
                node = NodeFile.read(session)
                        .orElseThrow(() -> new NodeException("the node went down at once", "see " + session));
            }
            case ControlLine.FAILED ->
                throw new StartFailedException(
                        line.value("reason"), line.value("tail").lines().toList());
            default -> throw new NodeException("the supervisor said what is not understood: " + line.verb(), "");
        }
    }

    /** The supervisor keeps its own deadlines; this is for one that hangs. */
    private void killIfLate(CountDownLatch done) {
        try {
            if (!done.await(startLimit(configuration).toMillis(), TimeUnit.MILLISECONDS)) {
                supervisor.signal(Signals.KILL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long a start may take until it is ended from outside. */
    public static Duration startLimit(Configuration configuration) {
        ClusterSettings cluster = configuration.cluster();
        return configuration
                .node()
                .startTimeout()
                .multipliedBy(3)
                .plus(cluster.address().isPresent() ? cluster.joinTimeout() : Duration.ZERO)
                .plus(EXTRA);
    }

    /** The node that was started. */
    public NodeFile node() {
        return node;
    }

    /** Lets the node live on without this process. */
    public void keep() {
        try {
            supervisor.control().write((ControlLine.KEEP + "\n").getBytes(StandardCharsets.UTF_8));
            kept = true;
        } catch (IOException e) {
            throw new NodeException(
                    "the node went down at once: " + e, "see " + node.session().logs(), e);
        }
    }

    /** Waits so long for the end of the node; the result is its supervisor's exit code, 1 if a signal has ended it; empty if it runs on. */
    public OptionalInt awaitEnd(Duration limit) {
        if (!supervisor.awaitExit(limit)) {
            return OptionalInt.empty();
        }
        ExitStatus status = supervisor.reap();
        return OptionalInt.of(status.signal() == 0 ? status.code() : 1);
    }

    /** Sends the supervisor a signal, if it lives. */
    public void signal(int signal) {
        supervisor.signal(signal);
    }

    /** How long the end of the node may take once it is asked for, its drain included. */
    public Duration stopLimit() {
        return configuration
                .node()
                .drainTimeout()
                .plus(configuration.node().stopTimeout())
                .plus(EXTRA);
    }

    /** Ends the node, in order, unless it is to be kept; blocks until it has ended. */
    @Override
    public void close() {
        supervisor.close(); // the end of its control pipe stops a node that is not kept
        if (!kept) {
            if (!supervisor.awaitExit(stopLimit())) {
                supervisor.signal(Signals.KILL);
                if (node != null) {
                    SessionProcesses.killAll(node.session());
                }
                supervisor.awaitExit(KILLED);
            }
            supervisor.tryReap(); // this process may live on
        }
        spawner.close();
    }

    /** How the last start that failed did so: the reason, and the last lines of the log of the role that failed. */
    public static final class StartFailedException extends NodeException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> logTail;

        StartFailedException(String reason, List<String> logTail) {
            super(reason, "");
            this.logTail = List.copyOf(logTail);
        }

        /** Last lines of the log; may be empty. */
        public List<String> logTail() {
            return logTail;
        }
    }
}
