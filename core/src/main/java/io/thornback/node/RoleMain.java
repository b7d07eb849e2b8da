/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.logging.RoleLogging;
import io.thornback.posix.ProcessControl;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Main of a role's process. Standard input is the control pipe of the supervisor: {@code GO}, {@code DRAIN} and {@code STOP} lines, and its end
 * means that the supervisor is dead, upon which this process ends what is left of the session ({@link SessionReaper}) and halts, whatever it is doing. File descriptor 3 is the status
 * pipe: {@code READY}, {@code FAILED}, {@code DRAINED}, {@code STOPPED}.
 */
public final class RoleMain {

    /** Told to the main thread by others of this process. */
    private static final String FAILED = "INTERNAL-FAILED";

    private static final String TERMINATED = "INTERNAL-TERMINATED";

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_ORPHANED = 75;
    private static final int EXIT_TERMINATED = 143;
    private static final long FAILED_STOP_MS = 300;
    private static final long TERMINATED_STOP_MS = 3_000;

    private final BlockingQueue<ControlLine> commands = new LinkedBlockingQueue<>();
    private final FileOutputStream status;
    /** The supervisor is dead. */
    private volatile boolean orphaned;

    private RoleMain(FileOutputStream status) {
        this.status = status;
    }

    /**
     * Runs one role until it is told to stop.
     *
     * @param args name, class, folder of sessions, session folder, shared-memory folder
     */
    public static void main(String[] args) throws IOException {
        // This process speaks TLS to its cluster alone: one curve, the certificates', and no others to load.
        System.setProperty("jdk.tls.namedGroups", "secp256r1");
        SessionLayout session = new SessionLayout(Path.of(args[2]), Path.of(args[3]), Path.of(args[4]));
        RoleMain main = new RoleMain(new FileOutputStream("/proc/self/fd/3"));
        Thread control = new Thread(() -> main.readControl(session), "control");
        control.setDaemon(true);
        control.start();
        ProcessControl.goOnWhenParentDies();
        ProcessControl.becomeSubreaper(); // what a worker leaves comes to the raylet
        main.run(new RoleSpec(args[0], args[1], List.of(), 0, List.of(), false), session);
    }

    private void readControl(SessionLayout session) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                commands.add(ControlLine.parse(line));
            }
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("the control pipe is broken: " + e);
        } finally {
            orphaned = true;
            endOrphaned(session);
        }
    }

    private static void endOrphaned(SessionLayout session) {
        try {
            SessionReaper.endAll(session);
        } finally {
            ProcessControl.exitNow(EXIT_ORPHANED);
        }
    }

    private void run(RoleSpec spec, SessionLayout session) {
        RoleHost host;
        try {
            RoleInput input = RoleInput.read(session);
            RoleLogging.use(input.configuration().log());
            RoleLogging.nodeIs(input.plan().nodeId());
            host = new RoleHost(spec, session, input, new ToSupervisor());
        } catch (IOException | RuntimeException e) {
            report(new ControlLine(ControlLine.FAILED, Map.of("reason", String.valueOf(e.getMessage()))));
            throw ProcessControl.exitNow(EXIT_FAILED);
        }
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, error) -> host.failed("thread " + thread.getName() + " died: " + error, error));
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endInOrder(never), "shutdown"));
        host.prepare();
        int exitCode = serve(host);
        while (orphaned) {
            LockSupport.park(); // the control thread is at what is left, and ends the process then
        }
        throw ProcessControl.exitNow(exitCode);
    }

    /** A signal from outside: the JVM ends when this hook returns, so the main thread gets its time first. */
    private void endInOrder(CountDownLatch never) {
        commands.add(new ControlLine(TERMINATED, Map.of()));
        try {
            never.await(TERMINATED_STOP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int serve(RoleHost host) {
        while (true) {
            ControlLine command;
            try {
                command = commands.take();
            } catch (InterruptedException e) {
                host.failed("the main thread was interrupted", e);
                continue;
            }
            switch (command.verb()) {
                case ControlLine.GO -> host.start(command.values());
                case ControlLine.DRAIN -> host.drain(() -> report(new ControlLine(ControlLine.DRAINED, Map.of())));
                case ControlLine.STOP -> {
                    host.stop(Long.parseLong(command.value("timeoutMs")));
                    report(new ControlLine(ControlLine.STOPPED, Map.of()));
                    return 0;
                }
                case ControlLine.RELOAD -> host.reload(Reload.take(command));
                case FAILED -> {
                    report(new ControlLine(ControlLine.FAILED, command.values()));
                    host.stop(FAILED_STOP_MS);
                    return EXIT_FAILED;
                }
                case TERMINATED -> {
                    host.leave(TERMINATED_STOP_MS);
                    return EXIT_TERMINATED;
                }
                default -> host.failed("an unknown command: " + command, null);
            }
        }
    }

    /** Reports as they come; a failure also ends the process, from the main thread. */
    private final class ToSupervisor implements RoleHost.Reports {
        @Override
        public void ready(String role, Map<String, String> facts) {
            report(new ControlLine(ControlLine.READY, facts));
        }

        @Override
        public void waiting(String role, String what, long limitMs) {
            report(new ControlLine(ControlLine.WAITING, Map.of("for", what, "limitMs", Long.toString(limitMs))));
        }

        @Override
        public void drain(String role, long limitMs, String reason) {
            report(new ControlLine(
                    ControlLine.DRAIN_NODE, Map.of("limitMs", Long.toString(limitMs), "reason", reason)));
        }

        @Override
        public void failed(String role, String reason, boolean expelled) {
            Map<String, String> values = new LinkedHashMap<>();
            values.put("reason", reason);
            if (expelled) {
                values.put(ControlLine.EXPELLED, "true");
            }
            commands.add(new ControlLine(FAILED, values));
        }
    }

    private synchronized void report(ControlLine line) {
        try {
            status.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.err.println(
                    "the supervisor no longer reads: " + e); // it is dead: the control pipe ends this process
        }
    }
}
