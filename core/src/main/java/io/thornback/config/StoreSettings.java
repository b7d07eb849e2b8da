/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.List;

/**
 * The object store.
 *
 * @param memory size of the shared-memory arena; a share is one of the node's memory
 * @param maxObjects most objects that the index can hold
 * @param maxClients most processes that can use the store at a time
 * @param heapBytes heap of its JVM
 */
public record StoreSettings(MemoryAmount memory, int maxObjects, int maxClients, long heapBytes) {

    /** Arena. */
    public static final Setting<MemoryAmount> MEMORY = Setting.of(
            "store.memory",
            SettingType.AMOUNT,
            "auto",
            "auto, a size, or a share of the node's memory",
            "Size of the shared-memory arena. Pages are taken from tmpfs as objects need them. auto: 30 % of the node's"
                    + " memory, at most 80 % of what tmpfs has free.");

    /** Objects. */
    public static final Setting<Integer> MAX_OBJECTS = Setting.between(
            "store.max-objects",
            SettingType.INTEGER,
            "262144",
            "1024",
            "16777216",
            "Most objects that the store can hold at a time.");

    /** Clients. */
    public static final Setting<Integer> MAX_CLIENTS = Setting.between(
            "store.max-clients",
            SettingType.INTEGER,
            "256",
            "4",
            "4096",
            "Most processes (workers and drivers) that can use the store at a time.");

    /** Heap. */
    public static final Setting<Long> HEAP =
            Setting.between("store.heap", SettingType.SIZE, "64m", "16m", "64g", "Heap of the object store process.");

    static List<Setting<?>> settings() {
        return List.of(MEMORY, MAX_OBJECTS, MAX_CLIENTS, HEAP);
    }

    static StoreSettings from(Configuration values) {
        return new StoreSettings(
                values.get(MEMORY), values.get(MAX_OBJECTS), values.get(MAX_CLIENTS), values.get(HEAP));
    }
}
