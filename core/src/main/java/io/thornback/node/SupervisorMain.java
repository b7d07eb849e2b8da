/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.logging.RoleLogging;
import io.thornback.posix.OwnerLock;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.SignalHandlers;
import io.thornback.resources.HostDetectionException;
import io.thornback.resources.HostResources;
import io.thornback.resources.MemoryPlanException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Main of the supervisor's process. Its standard input is a pipe from whoever starts the node: while no {@code KEEP} has come, the
 * end of that pipe means that the starter has gone, and the node goes too. File descriptor 3 is the status pipe to the starter.
 *
 * <p>A process has one session after the other: when the cluster has declared a joined node dead, its session comes down in order, as
 * at a stop, and the next one joins as a new node, under a new id. The lock of the folder is held meanwhile.
 */
public final class SupervisorMain {

    /** Name of its log, and its role in the environment. */
    static final String ROLE = "supervisor";

    /** Beyond the node's own deadlines, for the last files. */
    private static final long HOOK_EXTRA_MS = 5_000;

    /** How long a node that had joined before tries to reach the GCS; nobody waits for it, and the network may come and go. */
    private static final String REJOIN_TIMEOUT = "1h";

    /** Main thread only. */
    private Configuration configuration;

    private final NodeRoles roles;
    private final StarterPipe starter = new StarterPipe(new FileInputStream(FileDescriptor.in));
    private final FileOutputStream status = new FileOutputStream("/proc/self/fd/3");
    private StartReport report = new StartReport(status);

    /** Guarded by this, as the next two: signals and the starter's end come from other threads. */
    private Supervisor current;

    private boolean stopping;
    private boolean starterGone;

    private SupervisorMain(Configuration configuration, NodeRoles roles) throws IOException {
        this.configuration = configuration;
        this.roles = roles;
    }

    /**
     * Runs a node until it is told to stop.
     *
     * @param args the configuration, as {@link Configuration#encode} writes it
     */
    public static void main(String[] args) throws IOException {
        Configuration configuration = Configuration.decode(List.of(args));
        ProcessControl.becomeSubreaper(); // what a raylet that was killed has left comes here
        throw ProcessControl.exitNow(supervise(configuration, NodeRoles.of(configuration)));
    }

    /** Runs a node of these roles; the result is the exit code. */
    static int supervise(Configuration configuration, NodeRoles roles) throws IOException {
        return new SupervisorMain(configuration, roles).run();
    }

    @SuppressWarnings("try") // the lock is held, not used
    private int run() {
        NodeConfig node = configuration.node();
        try {
            Optional<String> token =
                    roles.kind() == NodeKind.HEAD ? Optional.empty() : Optional.of(starter.awaitToken());
            Sessions.requireFolder(node.dir(), "--dir");
            try (OwnerLock lock = NodeLock.acquire(node.dir())) {
                listen(node.drainTimeout().plus(node.stopTimeout()).toMillis() + HOOK_EXTRA_MS);
                int exitCode = session(token);
                while (exitCode == Supervisor.EXIT_EXPELLED && !isToEnd()) {
                    NodeLog.log().info("joining again, as a new node");
                    report = new StartReport(status);
                    configuration = configuration.with(Map.of(ClusterSettings.JOIN_TIMEOUT, REJOIN_TIMEOUT));
                    exitCode = session(token);
                }
                return exitCode == Supervisor.EXIT_EXPELLED ? Supervisor.EXIT_STOPPED : exitCode;
            }
        } catch (NodeException | MemoryPlanException | HostDetectionException e) {
            System.err.println(e.getMessage()); // to supervisor.out: the starter may have gone long ago
            report.failed(e.getMessage(), null, List.of());
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(); // to supervisor.out: there is no log yet
            report.failed("cannot make a session in " + node.dir() + ": " + e, null, List.of());
        }
        return Supervisor.EXIT_START_FAILED;
    }

    /**
     * One session, from its folders to their end; the result is the supervisor's exit code.
     *
     * @param token the cluster's, of a node that joins
     */
    @SuppressWarnings("try") // the locks are held, not used
    private int session(Optional<String> token) throws IOException {
        NodeConfig node = configuration.node();
        Sessions.requireFolder(node.shmDir(), "--shm-dir");
        List<String> swept = Sessions.sweep(node);
        SessionLayout session = Sessions.create(node);
        boolean begun = false;
        try (SessionLocks locks = SessionLocks.acquire(session)) {
            if (token.isPresent()) {
                PrivateFiles.writeAtomically(session.token(), token.get() + "\n");
            }
            System.setProperty(RoleLogging.ROLE_PROPERTY, ROLE);
            RoleLogging.use(configuration.log());
            RoleLogging.moveTo(session.logs());
            NodePlan plan = NodePlan.decide(
                    configuration,
                    roles.kind(),
                    HostResources.detect(node.shmDir()),
                    roles.specs().size() + 1);
            RoleLogging.nodeIs(plan.nodeId());
            report.step("session");
            Supervisor supervisor = new Supervisor(session, configuration, roles, plan, report);
            begun = true;
            adopt(supervisor);
            int exitCode = supervisor.run(swept);
            if (exitCode == Supervisor.EXIT_EXPELLED) {
                supervisor.release();
            }
            return exitCode;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(session.nodeFile());
            Files.deleteIfExists(session.token());
            PrivateFiles.deleteSharedMemory(session.shm());
            if (!begun) {
                PrivateFiles.deleteTree(session.session()); // refused before anything was started: nothing to look at
            }
        }
    }

    private void listenToSignals() {
        SignalHandlers.on("TERM", this::stop); // each time, which the hook below does not get
        SignalHandlers.on("INT", this::stop);
        SignalHandlers.on("WINCH", this::drain); // as Apache has it; USR2 is the JVM's own
        SignalHandlers.on("HUP", this::reload);
        SignalHandlers.on("USR1", this::dump);
    }

    private synchronized void adopt(Supervisor supervisor) {
        current = supervisor;
        if (stopping) {
            supervisor.requestStop();
        } else if (starterGone) {
            supervisor.starterGone();
        }
    }

    private synchronized boolean isToEnd() {
        return stopping || starterGone;
    }

    private synchronized void stop() {
        stopping = true;
        if (current != null) {
            current.requestStop();
        }
    }

    private synchronized void drain() {
        stopping = true; // also if the cluster declares it dead meanwhile
        if (current != null) {
            current.requestDrain();
        }
    }

    private synchronized void reload() {
        if (current != null) {
            current.requestReload();
        }
    }

    private void dump() {
        NodeFile.findRunning(configuration.node().dir()).ifPresent(StateDumps::write);
    }

    private synchronized void onStarterGone() {
        starterGone = true;
        if (current != null) {
            current.starterGone();
        }
    }

    /** Signals and the starter's pipe become events of the supervisor. */
    private void listen(long stopWithinMs) {
        starter.listen(this::onStarterGone);
        // Beside the start: the JVM takes 30 ms for its first handler, and a node is ready long after that.
        Thread signals = new Thread(this::listenToSignals, "signals");
        signals.setDaemon(true);
        signals.start();
        CountDownLatch never = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    stop();
                    try {
                        never.await(
                                stopWithinMs, TimeUnit.MILLISECONDS); // the main thread halts the JVM when all is done
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
    }
}
