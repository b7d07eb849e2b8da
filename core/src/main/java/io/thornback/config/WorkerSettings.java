/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.time.Duration;
import java.util.List;

/**
 * Worker processes.
 *
 * @param prestart workers that are started with the node; -1: one per CPU
 * @param maxProcesses most worker processes at a time
 * @param maxStarting most workers that start at a time; 0: one per CPU
 * @param memoryLimitBytes most memory of their own that workers may have together; 0: no such limit
 * @param startTimeout how long a worker may take until it is ready
 * @param idleTimeout how long a worker beyond the prestarted ones may be idle before it is stopped
 * @param jvmOptions further options of the workers' JVMs, separated by spaces
 * @param keepLogs how many ended workers' logs are kept
 * @param controlGroups whether each worker gets a control group of its own where that can be made
 * @param inThreads whether workers are threads of the raylet's JVM, as in a node inside one JVM
 */
public record WorkerSettings(
        int prestart,
        int maxProcesses,
        int maxStarting,
        long memoryLimitBytes,
        Duration startTimeout,
        Duration idleTimeout,
        String jvmOptions,
        int keepLogs,
        boolean controlGroups,
        boolean inThreads) {

    /** Prestarted workers. */
    public static final Setting<Integer> PRESTART = Setting.between(
            "worker.prestart",
            SettingType.INTEGER,
            "-1",
            "-1",
            "4096",
            "Worker processes that are started with the node and kept. -1: one per CPU.");

    /** Most workers. */
    public static final Setting<Integer> MAX_PROCESSES = Setting.between(
            "worker.max-processes", SettingType.INTEGER, "200", "1", "4096", "Most worker processes at a time.");

    /** Starting workers. */
    public static final Setting<Integer> MAX_STARTING = Setting.between(
            "worker.max-starting",
            SettingType.INTEGER,
            "0",
            "0",
            "4096",
            "Most worker processes that start at a time. 0: one per CPU.");

    /** Memory. */
    public static final Setting<Long> MEMORY_LIMIT = Setting.of(
            "worker.memory-limit",
            SettingType.AUTO_SIZE,
            "auto",
            "auto, or a size of at least 16m",
            "Most memory of their own (heap, direct buffers, JVM; not the object store) that worker processes may have together before one is ended. auto: what"
                    + " the host or its cgroup has is the only limit.");

    /** Start. */
    public static final Setting<Duration> START_TIMEOUT = Setting.between(
            "worker.start-timeout",
            SettingType.DURATION,
            "30s",
            "1s",
            "1h",
            "How long a worker may take until it is ready.");

    /** Idle time. */
    public static final Setting<Duration> IDLE_TIMEOUT = Setting.between(
            "worker.idle-timeout",
            SettingType.DURATION,
            "1m",
            "100ms",
            "24h",
            "How long a worker beyond the prestarted ones may be idle before it is stopped.");

    /** JVM options. */
    public static final Setting<String> JVM_OPTIONS = Setting.of(
            "worker.jvm-options",
            SettingType.TEXT,
            "",
            "options separated by spaces",
            "Further options of the workers' JVMs, such as -XX:+UseZGC.");

    /** Logs of the dead. */
    public static final Setting<Integer> KEEP_LOGS = Setting.between(
            "worker.keep-logs",
            SettingType.INTEGER,
            "100",
            "1",
            "100000",
            "Workers that have ended, the last ones, whose logs and output are kept while the node runs; those of earlier ones are deleted.");

    /** Control groups. */
    public static final Setting<Boolean> CONTROL_GROUPS = Setting.of(
            "worker.control-groups",
            SettingType.BOOLEAN,
            "true",
            "true or false",
            "Each worker is in a control group of its own (cgroup v2, where the node may make some), so that whatever its tasks have started ends with it. false, or where none can be made: what they"
                    + " have started is known by its environment, and what has cleared that ends with the node.");

    /** Hosting. */
    public static final Setting<Boolean> IN_THREADS = Setting.of(
            "worker.in-threads",
            SettingType.BOOLEAN,
            "false",
            "true or false",
            "Workers are threads of the raylet's JVM rather than processes: for a node inside one JVM.");

    static List<Setting<?>> settings() {
        return List.of(
                PRESTART,
                MAX_PROCESSES,
                MAX_STARTING,
                MEMORY_LIMIT,
                START_TIMEOUT,
                IDLE_TIMEOUT,
                JVM_OPTIONS,
                KEEP_LOGS,
                CONTROL_GROUPS,
                IN_THREADS);
    }

    static WorkerSettings from(Configuration values) {
        return new WorkerSettings(
                values.get(PRESTART),
                values.get(MAX_PROCESSES),
                values.get(MAX_STARTING),
                values.get(MEMORY_LIMIT),
                values.get(START_TIMEOUT),
                values.get(IDLE_TIMEOUT),
                values.get(JVM_OPTIONS),
                values.get(KEEP_LOGS),
                values.get(CONTROL_GROUPS),
                values.get(IN_THREADS));
    }
}
