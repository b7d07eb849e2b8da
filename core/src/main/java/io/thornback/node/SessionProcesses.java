/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds every process of a session: each has the session's name in its environment, and hands it down to whatever it starts, so
 * even a program that a task started, and that made itself a session of its own, is found. Reads {@code /proc/<pid>/environ},
 * which the kernel shows to the same user only; about 20 µs per process of this user on the host.
 */
final class SessionProcesses {

    /** Names the session. */
    static final String SESSION_VARIABLE = "THORNBACK_SESSION";

    /** Names the part that a process plays in it: gcs, raylet, worker-3. */
    static final String ROLE_VARIABLE = "THORNBACK_ROLE";

    private static final int KILL_ROUNDS = 5;

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
     * Kills what is left of a session. A process may start another between two looks, so it looks again until nothing is found.
     *
     * @return what was killed
     */
    static List<SessionProcess> killAll(String session) {
        List<SessionProcess> killed = new ArrayList<>();
        for (int round = 0; round < KILL_ROUNDS; round++) {
            List<SessionProcess> left = find(session);
            if (left.isEmpty()) {
                break;
            }
            for (SessionProcess process : left) {
                ProcessControl.signal(process.identity(), Signals.KILL);
            }
            left.stream().filter(process -> !killed.contains(process)).forEach(killed::add);
        }
        return killed;
    }
}
