/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.ControlGroup;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds every process of a session: each has the session's name in its environment, and hands it down to whatever it starts, so
 * even a program that a task started, and that made itself a session of its own, is found. Reads {@code /proc/<pid>/environ},
 * which the kernel shows to the same user only; about 20 µs per process of this user on the host.
 */
public final class SessionProcesses {

    /** Names the session. */
    static final String SESSION_VARIABLE = "THORNBACK_SESSION";

    /** Names the part that a process plays in it: gcs, raylet, worker-3. */
    static final String ROLE_VARIABLE = "THORNBACK_ROLE";

    /** What the roles of workers begin with, before their numbers. */
    public static final String WORKER_PREFIX = "worker-";

    private static final int KILL_ROUNDS = 5;
    private static final Duration GROUP_PATIENCE = Duration.ofMillis(200);

    /**
     * One process.
     *
     * @param identity who
     * @param role what it is called in its environment; children of a worker bear the worker's name
     */
    record SessionProcess(ProcessIdentity identity, String role) {}

    private SessionProcesses() {}

    /** What a process of the session must have in its environment. */
    static Map<String, String> environment(SessionLayout session, String role) {
        return Map.of(SESSION_VARIABLE, session.name(), ROLE_VARIABLE, role);
    }

    /** All living processes of the session but this one, in the order of /proc. */
    static List<SessionProcess> find(String session) {
        List<SessionProcess> found = new ArrayList<>();
        long self = ProcessIdentity.current().pid();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                if (pid != self) {
                    member(entry, pid, session).ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list /proc", e);
        }
        return found;
    }

    private static Optional<SessionProcess> member(Path entry, long pid, String session) {
        Optional<ProcessIdentity> identity = ProcessIdentity.of(pid);
        String environment;
        try {
            environment = "\0" + Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Optional.empty(); // another user's, or gone: none of ours
        }
        if (identity.isEmpty() || !session.equals(variable(environment, SESSION_VARIABLE))) {
            return Optional.empty();
        }
        return identity.filter(ProcessIdentity::isAlive)
                .map(id -> new SessionProcess(id, variable(environment, ROLE_VARIABLE)));
    }

    private static String variable(String environment, String name) {
        String start = "\0" + name + "=";
        int at = environment.indexOf(start);
        if (at < 0) {
            return "";
        }
        int from = at + start.length();
        int end = environment.indexOf('\0', from);
        return environment.substring(from, end < 0 ? environment.length() : end);
    }

    /**
     * Kills what is left of a session: what has its name in its environment, and, where the workers have a control group, what is in that, whatever its environment.
     *
     * @return what was killed, but for those that only the control group knew
     */
    static List<SessionProcess> killAll(SessionLayout session) {
        List<SessionProcess> killed = killWhere(session.name(), process -> true);
        try {
            ControlGroup group = new ControlGroup(
                    Path.of(Files.readString(session.controlGroup()).trim()));
            if (!group.end(GROUP_PATIENCE)) {
                NodeLog.log().warn("what was in the control group of {} takes long to end", session.name());
            }
        } catch (NoSuchFileException e) {
            return killed; // there is none
        } catch (IOException e) {
            NodeLog.log().warn("cannot end what is left in the control group of {}: {}", session.name(), e.toString());
        }
        return killed;
    }

    /**
     * Kills what has this role in this session, or was started by it: the children of a worker that has ended.
     *
     * @return how many
     */
    public static int killRole(SessionLayout session, String role) {
        return killWhere(session.name(), process -> process.role().equals(role)).size();
    }

    /** The same of all workers. */
    public static int killWorkers(SessionLayout session) {
        return killWhere(session.name(), process -> process.role().startsWith(WORKER_PREFIX))
                .size();
    }

    /** A process may start another between two looks, so it looks again until there is none that was not killed before. */
    private static List<SessionProcess> killWhere(String session, Predicate<SessionProcess> which) {
        Set<SessionProcess> killed = new LinkedHashSet<>();
        for (int round = 0; round < KILL_ROUNDS; round++) {
            boolean found = false;
            for (SessionProcess process : find(session)) {
                if (which.test(process) && killed.add(process)) {
                    ProcessControl.signal(process.identity(), Signals.KILL);
                    found = true;
                }
            }
            if (!found) {
                break;
            }
        }
        return List.copyOf(killed);
    }
}
