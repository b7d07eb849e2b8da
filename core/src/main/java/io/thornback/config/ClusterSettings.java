/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the node belongs to a cluster: as its head, or as one that joins. The token is no setting: settings are shown and logged.
 *
 * @param address the GCS that the node joins; empty: the node is the head of a cluster of its own
 * @param joinTimeout how long it tries to reach that GCS when it starts
 * @param host the address by which other nodes know this one; empty: the local one of its connection to the GCS
 * @param port where the node listens; 0: one that the kernel picks
 */
public record ClusterSettings(Optional<HostAndPort> address, Duration joinTimeout, Optional<String> host, int port) {

    /** Where the GCS is. */
    public static final Setting<Optional<HostAndPort>> ADDRESS = Setting.of(
            "cluster.address",
            SettingType.ADDRESS,
            "",
            "HOST:PORT; empty: the node is a head",
            "GCS of the cluster that the node joins. Its token is given by --token-file, or THORNBACK_TOKEN.");

    /** Patience of a join. */
    public static final Setting<Duration> JOIN_TIMEOUT = Setting.between(
            "cluster.join-timeout",
            SettingType.DURATION,
            "30s",
            "100ms",
            "1h",
            "How long a node that joins tries to reach the GCS before its start fails. A node that has joined"
                    + " tries as long as it runs, and one that was declared dead for an hour.");

    /** Address of the node. */
    public static final Setting<Optional<String>> HOST = Setting.of(
            "node.host",
            SettingType.OPTIONAL_HOST,
            "",
            "a name or a numeric address; empty: the local address of the node's connection to the GCS",
            "Address by which other nodes know this one. To be set where they reach it by another than the GCS"
                    + " does, and on a head whose gcs.host is 0.0.0.0.");

    /** Port of the node. */
    public static final Setting<Integer> PORT = Setting.between(
            "node.port",
            SettingType.INTEGER,
            "0",
            "0",
            "65535",
            "TCP port at which the node listens for the GCS: at its connection's local address, or on all addresses where"
                    + " node.host is set. 0: a free one.");

    static List<Setting<?>> settings() {
        return List.of(ADDRESS, JOIN_TIMEOUT, HOST, PORT);
    }

    static ClusterSettings from(Configuration values) {
        return new ClusterSettings(values.get(ADDRESS), values.get(JOIN_TIMEOUT), values.get(HOST), values.get(PORT));
    }
}
