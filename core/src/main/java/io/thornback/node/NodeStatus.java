/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.node.SessionProcesses.SessionProcess;
import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node as seen from outside, through its node file and {@code /proc}.
 *
 * @param node its node file
 * @param uptimeS seconds since its node file was written
 * @param processes supervisor first, then roles and workers in the order of their pids
 * @param missing roles that the node file names and that have no living process
 */
public record NodeStatus(NodeFile node, long uptimeS, List<ProcessStatus> processes, List<String> missing) {

    /**
     * One process.
     *
     * @param role supervisor, gcs, worker-3 …
     * @param pid its pid
     * @param state "running", "sleeping", "stopped" …
     * @param pssBytes its share of memory, shared pages divided by those who share them
     * @param rssBytes its pages in memory, shared ones counted in full
     */
    public record ProcessStatus(String role, long pid, String state, long pssBytes, long rssBytes) {}

    /** The node that runs in a folder of sessions; empty if none does. */
    public static Optional<NodeStatus> of(Path dir) {
        return NodeFile.findRunning(dir).map(NodeStatus::of);
    }

    private static NodeStatus of(NodeFile node) {
        List<ProcessStatus> processes = new ArrayList<>();
        processes.add(process(SupervisorMain.ROLE, node.supervisor().pid()));
        List<String> missing = new ArrayList<>(node.roles().keySet());
        for (SessionProcess found : SessionProcesses.find(node.session().name())) {
            processes.add(process(found.role(), found.identity().pid()));
            missing.removeIf(role -> isRole(node, role, found.identity()));
        }
        long uptimeMs = 0;
        try {
            uptimeMs = System.currentTimeMillis()
                    - Files.getLastModifiedTime(node.session().nodeFile()).toMillis();
        } catch (IOException e) {
            missing.add(0, "node.properties"); // the node is on its way down
        }
        return new NodeStatus(node, uptimeMs / 1000, List.copyOf(processes), List.copyOf(missing));
    }

    private static boolean isRole(NodeFile node, String role, ProcessIdentity identity) {
        return node.roles().get(role).equals(identity);
    }

    private static ProcessStatus process(String role, long pid) {
        return new ProcessStatus(
                role, pid, state(pid), field(pid, "smaps_rollup", "Pss:"), field(pid, "smaps_rollup", "Rss:"));
    }

    private static String state(long pid) {
        for (String line : lines(pid, "status")) {
            if (line.startsWith("State:")) {
                return line.substring(line.indexOf('(') + 1, line.indexOf(')'));
            }
        }
        return "gone";
    }

    private static long field(long pid, String file, String name) {
        for (String line : lines(pid, file)) {
            if (line.startsWith(name)) {
                String[] words = line.strip().split("\\s+", -1);
                return Long.parseLong(words[1]) << 10; // the kernel writes kB and means KiB
            }
        }
        return 0;
    }

    private static List<String> lines(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // it has just ended, which its state says
        }
    }

    /** Why the last node of a folder failed; empty if it did not. */
    public static Optional<String> lastFailure(Path dir) {
        try {
            return Optional.of(Files.readString(dir.resolve("latest/last-failure.txt")));
        } catch (IOException e) {
            return Optional.empty(); // no session, or one that stopped as it should
        }
    }
}
