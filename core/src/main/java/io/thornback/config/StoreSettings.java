/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The object store.
 *
 * @param memory size of the shared-memory arena; a share is one of the node's memory
 * @param maxObjects most objects that the index can hold
 * @param maxClients most processes that can use the store at a time
 * @param heapBytes heap of its JVM
 * @param hugePages off, transparent or explicit
 * @param jobQuotaBytes most memory of one job, Long.MAX_VALUE: no limit
 * @param catalogEntries objects for which the catalog has room, 0: no catalog
 * @param spill where and when objects go to disk
 */
public record StoreSettings(
        MemoryAmount memory,
        int maxObjects,
        int maxClients,
        long heapBytes,
        String hugePages,
        long jobQuotaBytes,
        int catalogEntries,
        SpillSettings spill) {
    private static final long HEAP_BASE_BYTES = 52L << 20;
    private static final long HEAP_BYTES_PER_OBJECT = 48;
    private static final long MIB = 1L << 20;

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
    public static final Setting<Long> HEAP = Setting.of(
            "store.heap",
            SettingType.AUTO_SIZE,
            "auto",
            "auto, or a size from 16m",
            "Heap of the object store process. auto: 52 MiB, and 48 bytes for each of store.max-objects.");

    /** Pages. */
    public static final Setting<String> HUGE_PAGES = Setting.of(
            "store.huge-pages",
            SettingType.oneOf("off", "transparent", "explicit"),
            "off",
            "off, transparent or explicit",
            "Pages of the arena. transparent: the kernel is asked, and follows where"
                    + " /sys/kernel/mm/transparent_hugepage/shmem_enabled lets it. explicit: pages reserved with vm.nr_hugepages;"
                    + " without enough of them the node does not start.");

    /** Quota. */
    public static final Setting<Long> JOB_QUOTA = Setting.of(
            "store.job-quota",
            SettingType.LIMIT,
            "none",
            "none, or a size",
            "Most memory in the object store that the objects of one job may take at a time.");

    /** Catalog. */
    public static final Setting<Integer> CATALOG_ENTRIES = Setting.between(
            "store.catalog-entries",
            SettingType.INTEGER,
            "262144",
            "0",
            "1000000000",
            "Objects, in memory and on disk, for which the catalog on disk has room, about 150 bytes each; 0: no catalog. What has no"
                    + " room is kept on the store's heap.");

    static List<Setting<?>> settings() {
        List<Setting<?>> settings = new ArrayList<>(
                List.of(MEMORY, MAX_OBJECTS, MAX_CLIENTS, HEAP, HUGE_PAGES, JOB_QUOTA, CATALOG_ENTRIES));
        settings.addAll(SpillSettings.settings());
        return settings;
    }

    static StoreSettings from(Configuration values) {
        return new StoreSettings(
                values.get(MEMORY),
                values.get(MAX_OBJECTS),
                values.get(MAX_CLIENTS),
                values.get(HEAP) == SettingType.AUTO ? heapFor(values.get(MAX_OBJECTS)) : values.get(HEAP),
                values.get(HUGE_PAGES),
                values.get(JOB_QUOTA),
                values.get(CATALOG_ENTRIES),
                SpillSettings.from(values));
    }

    /** Whole MiB: what the store keeps for each object that it can have, beside its descriptor. */
    private static long heapFor(int maxObjects) {
        return (HEAP_BASE_BYTES + maxObjects * HEAP_BYTES_PER_OBJECT + MIB - 1) / MIB * MIB;
    }
}
