/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.logging.RoleLogging;
import io.thornback.posix.OwnerLock;
import io.thornback.resources.HostDetectionException;
import io.thornback.resources.HostResources;
import io.thornback.resources.MemoryPlanException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Main of the supervisor's process. Its standard input is a pipe from whoever starts the node: while no {@code KEEP} has come, the
 * end of that pipe means that the starter has gone, and the node goes too. File descriptor 3 is the status pipe to the starter.
 */
public final class SupervisorMain {

    /** Name of its log, and its role in the environment. */
    static final String ROLE = "supervisor";

    /** Beyond the node's own deadlines, for the last files. */
    private static final long HOOK_EXTRA_MS = 5_000;

    private SupervisorMain() {}

    /**
     * Runs a head until it is told to stop.
     *
     * @param args the configuration, as {@link Configuration#encode} writes it
     */
    public static void main(String[] args) throws IOException {
        Configuration configuration = Configuration.decode(List.of(args));
        Runtime.getRuntime().halt(supervise(configuration, RoleSpec.head(configuration)));
    }

    /** Runs a node of these roles; the result is the exit code. */
    @SuppressWarnings("try") // the lock is held, not used
    static int supervise(Configuration configuration, List<RoleSpec> specs) throws IOException {
        StartReport report = new StartReport(new FileOutputStream("/proc/self/fd/3"));
        NodeConfig node = configuration.node();
        try {
            Sessions.requireFolder(node.dir(), "--dir");
            try (OwnerLock lock = NodeLock.acquire(node.dir())) {
                return supervise(configuration, specs, report);
            }
        } catch (NodeException | MemoryPlanException | HostDetectionException e) {
            report.failed(e.getMessage(), null, List.of());
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(); // to supervisor.out: there is no log yet
            report.failed("cannot make a session in " + node.dir() + ": " + e, null, List.of());
        }
        return Supervisor.EXIT_START_FAILED;
    }

    @SuppressWarnings("try") // the locks are held, not used
    private static int supervise(Configuration configuration, List<RoleSpec> specs, StartReport report)
            throws IOException {
        NodeConfig node = configuration.node();
        Sessions.requireFolder(node.shmDir(), "--shm-dir");
        List<String> swept = Sessions.sweep(node);
        SessionLayout session = Sessions.create(node);
        boolean begun = false;
        try (SessionLocks locks = SessionLocks.acquire(session)) {
            System.setProperty(RoleLogging.ROLE_PROPERTY, ROLE);
            System.setProperty(RoleLogging.FOLDER_PROPERTY, session.logs().toString());
            RoleLogging.use(configuration.log());
            NodePlan plan = NodePlan.decide(configuration, HostResources.detect(node.shmDir()), specs.size() + 1);
            report.step("session");
            Supervisor supervisor = new Supervisor(session, configuration, specs, plan, report);
            begun = true;
            listen(supervisor, node.stopTimeout().toMillis() + HOOK_EXTRA_MS);
            return supervisor.run(swept);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(session.nodeFile());
            PrivateFiles.deleteSharedMemory(session.shm());
            if (!begun) {
                PrivateFiles.deleteTree(session.session()); // refused before anything was started: nothing to look at
            }
        }
    }

    /** Signals and the starter's pipe become events of the supervisor. */
    private static void listen(Supervisor supervisor, long stopWithinMs) {
        Thread starter = new Thread(null, () -> readStarter(supervisor), "starter", 256 << 10);
        starter.setDaemon(true);
        starter.start();
        CountDownLatch never = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    supervisor.requestStop();
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

    private static void readStarter(Supervisor supervisor) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(ControlLine.KEEP)) {
                    return;
                }
            }
        } catch (IOException e) {
            NodeLog.log().warn("cannot read the starter's pipe", e);
        }
        supervisor.starterGone();
    }
}
