/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The control service of the head.
 *
 * @param host address that it listens on
 * @param insecure whether it speaks plain text
 * @param port TCP port; 0: one that the kernel picks
 * @param heapBytes heap of its JVM; enough for so many nodes
 * @param heartbeat how often each node tells it how it is
 * @param suspectAfter silence after which a node gets no new work
 * @param deadAfter silence after which it is dead for good
 * @param maxNodes most nodes that are not dead
 */
public record GcsSettings(
        String host,
        boolean insecure,
        int port,
        long heapBytes,
        Duration heartbeat,
        Duration suspectAfter,
        Duration deadAfter,
        int maxNodes) {

    private static final long BASE_HEAP_BYTES = 48L << 20;
    /** Its row, what is queued for it, and its encrypted connection, which takes the most: 9 kB. */
    private static final long HEAP_BYTES_PER_NODE = 16L << 10;

    /** Address. */
    public static final Setting<String> HOST = Setting.of(
            "gcs.host",
            SettingType.HOST,
            "127.0.0.1",
            "name or address",
            "Address that the GCS listens on. For a cluster of several hosts: one of this host's that the others reach, or 0.0.0.0 for all of them.");

    /** Plain text. */
    public static final Setting<Boolean> INSECURE = Setting.of(
            "gcs.insecure",
            SettingType.BOOLEAN,
            "false",
            "true, false",
            "Speaks plain text instead of TLS. For a look at what is said; only where gcs.host is localhost, 127.x.y.z or ::1.");

    /** Port. */
    public static final Setting<Integer> PORT = Setting.between(
            "gcs.port",
            SettingType.INTEGER,
            "0",
            "0",
            "65535",
            "TCP port of the GCS. 0: a free one, chosen at the start and written to node.properties.");

    /** Heap. */
    public static final Setting<Long> HEAP = Setting.between(
            "gcs.heap",
            SettingType.SIZE,
            "64m",
            "16m",
            "64g",
            "Heap of the GCS process, at least: gcs.max-nodes may need more, 48m and 16k for each node.");

    /** Heartbeat. */
    public static final Setting<Duration> HEARTBEAT = Setting.between(
            "gcs.heartbeat",
            SettingType.DURATION,
            "1s",
            "50ms",
            "1m",
            "How often each node tells the GCS that it is alive and what it has to give. The head's value holds for all nodes.");

    /** Suspicion. */
    public static final Setting<Duration> SUSPECT_AFTER = Setting.between(
            "gcs.suspect-after",
            SettingType.DURATION,
            "3s",
            "100ms",
            "10m",
            "Silence of a node after which it is suspected. Must be longer than gcs.heartbeat.");

    /** Death. */
    public static final Setting<Duration> DEAD_AFTER = Setting.between(
            "gcs.dead-after",
            SettingType.DURATION,
            "10s",
            "200ms",
            "1h",
            "Silence of a node after which it is dead, for good. Must be longer than gcs.suspect-after.");

    /** Nodes. */
    public static final Setting<Integer> MAX_NODES = Setting.between(
            "gcs.max-nodes",
            SettingType.INTEGER,
            "1000",
            "1",
            "10000",
            "How many nodes that are not dead the cluster may have. More are refused.");

    static List<Setting<?>> settings() {
        return List.of(HOST, INSECURE, PORT, HEAP, HEARTBEAT, SUSPECT_AFTER, DEAD_AFTER, MAX_NODES);
    }

    static GcsSettings from(Configuration values) {
        return new GcsSettings(
                values.get(HOST),
                values.get(INSECURE),
                values.get(PORT),
                Math.max(values.get(HEAP), BASE_HEAP_BYTES + values.get(MAX_NODES) * HEAP_BYTES_PER_NODE),
                values.get(HEARTBEAT),
                values.get(SUSPECT_AFTER),
                values.get(DEAD_AFTER),
                values.get(MAX_NODES));
    }

    /** What is wrong with values that are each right for themselves. */
    static List<String> problems(Configuration values) {
        return Stream.of(
                        encrypted(values),
                        longer(values, SUSPECT_AFTER, HEARTBEAT),
                        longer(values, DEAD_AFTER, SUSPECT_AFTER))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> encrypted(Configuration values) {
        return !values.get(INSECURE) || SettingType.isLoopback(values.get(HOST))
                ? Optional.empty()
                : Optional.of(values.say(INSECURE) + " would show the cluster's token to other hosts: "
                        + values.say(HOST) + " is not localhost, 127.x.y.z or ::1");
    }

    private static Optional<String> longer(Configuration values, Setting<Duration> setting, Setting<Duration> shorter) {
        return values.get(setting).compareTo(values.get(shorter)) > 0
                ? Optional.empty()
                : Optional.of(values.say(setting) + " is not longer than " + values.say(shorter));
    }
}
