/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.List;

/**
 * The control service of the head.
 *
 * @param host address that it listens on
 * @param port TCP port; 0: one that the kernel picks
 * @param heapBytes heap of its JVM
 */
public record GcsSettings(String host, int port, long heapBytes) {

    /** Address. */
    public static final Setting<String> HOST = Setting.of(
            "gcs.host", SettingType.TEXT, "127.0.0.1", "an address of this host", "Address that the GCS listens on.");

    /** Port. */
    public static final Setting<Integer> PORT = Setting.between(
            "gcs.port",
            SettingType.INTEGER,
            "0",
            "0",
            "65535",
            "TCP port of the GCS. 0: a free one, chosen at the start and written to node.properties.");

    /** Heap. */
    public static final Setting<Long> HEAP =
            Setting.between("gcs.heap", SettingType.SIZE, "64m", "16m", "64g", "Heap of the GCS process.");

    static List<Setting<?>> settings() {
        return List.of(HOST, PORT, HEAP);
    }

    static GcsSettings from(Configuration values) {
        return new GcsSettings(values.get(HOST), values.get(PORT), values.get(HEAP));
    }
}
