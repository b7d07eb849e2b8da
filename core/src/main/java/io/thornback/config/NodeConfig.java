/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The node as a whole.
 *
 * @param dir folder that holds the sessions of this node
 * @param shmDir folder on tmpfs that holds the shared memory of the sessions
 * @param name what people call the node; never empty
 * @param cpus tasks' CPUs; 0: as many as the host or its cgroup gives
 * @param memory the part of the host's or cgroup's memory that the node may use
 * @param resources further resources, by name
 * @param labels labels for placement, by name
 * @param startTimeout how long the whole start may take
 * @param drainTimeout how long a node that is to stop finishes what it has taken on
 * @param stopTimeout how long an orderly stop may take before processes are killed
 * @param keepSessions how many folders of ended sessions are kept for their logs
 */
public record NodeConfig(
        Path dir,
        Path shmDir,
        String name,
        int cpus,
        MemoryAmount memory,
        Map<String, Double> resources,
        Map<String, String> labels,
        Duration startTimeout,
        Duration drainTimeout,
        Duration stopTimeout,
        int keepSessions) {

    /** Folder of the sessions. */
    public static final Setting<Path> DIR = Setting.of(
            "dir",
            SettingType.DEFAULT_DIR,
            "",
            "a path; empty: thornback-<uid> in the JVM's temporary folder",
            "Folder that holds the node's sessions: logs, token, node.properties. One node per folder.");

    /** Folder of the shared memory. */
    public static final Setting<Path> SHM_DIR = Setting.of(
            "shm-dir",
            SettingType.DEFAULT_SHM_DIR,
            "",
            "a path on tmpfs; empty: /dev/shm/thornback-<uid>",
            "Folder that holds the shared memory of the sessions: object store, inboxes and lanes.");

    /** Name of the node. */
    public static final Setting<String> NAME = Setting.of(
            "node.name", SettingType.TEXT, "", "text; empty: the host's name", "What people call this node in lists.");

    /** CPUs of the node. */
    public static final Setting<Integer> CPUS = Setting.between(
            "node.cpus",
            SettingType.INTEGER,
            "0",
            "0",
            "4096",
            "CPUs that tasks and actors may hold. 0: those of the host, or of its cgroup if" + " that gives fewer.");

    /** Memory of the node. */
    public static final Setting<MemoryAmount> MEMORY = Setting.of(
            "node.memory",
            SettingType.AMOUNT,
            "auto",
            "auto, a size, or a share of the host's or cgroup's memory",
            "Memory that the node may use: object store, roles and workers together. auto: what the cgroup gives; of a"
                    + " whole host, a sixteenth (at most 1 GiB) stays with the system.");

    /** Further resources. */
    public static final Setting<Map<String, Double>> RESOURCES = Setting.of(
            "node.resources",
            SettingType.AMOUNTS,
            "",
            "name=number,…",
            "Further resources that tasks and actors may ask for, such as gpu=2.");

    /** Labels. */
    public static final Setting<Map<String, String>> LABELS = Setting.of(
            "node.labels", SettingType.LABELS, "", "name=text,…", "Labels that a task's placement may ask for.");

    /** Deadline of the start. */
    public static final Setting<Duration> START_TIMEOUT = Setting.between(
            "node.start-timeout",
            SettingType.DURATION,
            "30s",
            "1s",
            "1h",
            "How long a role may take until it is ready. A start that takes longer is undone and reported.");

    /** Deadline of the drain. */
    public static final Setting<Duration> DRAIN_TIMEOUT = Setting.between(
            "node.drain-timeout",
            SettingType.DURATION,
            "10s",
            "0s",
            "24h",
            "How long a node that is asked to stop finishes the tasks that it has taken on, and those that they submit, while it takes no others. What still runs then is ended; so it is when the node is asked again.");

    /** Deadline of the stop. */
    public static final Setting<Duration> STOP_TIMEOUT = Setting.between(
            "node.stop-timeout",
            SettingType.DURATION,
            "10s",
            "100ms",
            "1h",
            "How long an orderly stop may take, after the drain. What is left then is killed.");

    /** Folders kept. */
    public static final Setting<Integer> KEEP_SESSIONS = Setting.between(
            "node.keep-sessions",
            SettingType.INTEGER,
            "5",
            "0",
            "1000",
            "Folders of ended sessions that are kept for their logs; older ones are deleted at the next start.");

    static List<Setting<?>> settings() {
        return List.of(
                DIR,
                SHM_DIR,
                NAME,
                CPUS,
                MEMORY,
                RESOURCES,
                LABELS,
                START_TIMEOUT,
                DRAIN_TIMEOUT,
                STOP_TIMEOUT,
                KEEP_SESSIONS);
    }

    static NodeConfig from(Configuration values) {
        String name = values.get(NAME);
        return new NodeConfig(
                values.get(DIR),
                values.get(SHM_DIR),
                name.isBlank() ? UserPaths.hostName() : name,
                values.get(CPUS),
                values.get(MEMORY),
                values.get(RESOURCES),
                values.get(LABELS),
                values.get(START_TIMEOUT),
                values.get(DRAIN_TIMEOUT),
                values.get(STOP_TIMEOUT),
                values.get(KEEP_SESSIONS));
    }
}
