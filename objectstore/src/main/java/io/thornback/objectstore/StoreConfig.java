/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a store is started with. Immutable; checked when it is built, all errors at once.
 *
 * @param shmDir the node's folder in shared memory; the store's files go to {@code store/} in it
 * @param inboxName name of the store's inbox
 * @param arenaBytes memory for objects, at least 1 MiB; rounded down to pages of 4 KiB
 * @param maxObjects objects and leased cells there can be at once, 64..16,777,216
 * @param maxClients clients there can be at once, 1..4,096
 * @param pinSlots buffers that each client can have open, 16..1,048,576
 * @param reserveStepBytes how much of the arena gets pages at once, at least 64 KiB
 * @param hugePages which pages the arena is made of
 * @param jobQuotaBytes most memory that the objects and leases of one job may take; 0: no limit
 * @param spill where and when objects go to disk
 * @param catalog the file in which all objects are listed
 */
public record StoreConfig(
        Path shmDir,
        String inboxName,
        long arenaBytes,
        int maxObjects,
        int maxClients,
        int pinSlots,
        long reserveStepBytes,
        HugePages hugePages,
        long jobQuotaBytes,
        SpillConfig spill,
        CatalogConfig catalog) {
    /** The inbox every client looks for. */
    public static final String DEFAULT_INBOX = "objectstore";

    private static final long MIN_ARENA_BYTES = 1L << 20;
    private static final int MIN_OBJECTS = 64;
    private static final int MAX_CLIENTS = 4096;
    private static final int MIN_PIN_SLOTS = 16;
    private static final int MAX_PIN_SLOTS = 1 << 20;
    private static final long MIN_STEP_BYTES = 64 * 1024;

    /** Checks every value. */
    public StoreConfig {
        Objects.requireNonNull(shmDir, "shmDir");
        Objects.requireNonNull(inboxName, "inboxName");
        Objects.requireNonNull(hugePages, "hugePages");
        Objects.requireNonNull(spill, "spill");
        Objects.requireNonNull(catalog, "catalog");
        final List<String> errors = new ArrayList<>();
        check(errors, "arenaBytes", arenaBytes, MIN_ARENA_BYTES, Long.MAX_VALUE / 2);
        check(errors, "maxObjects", maxObjects, MIN_OBJECTS, CellDescriptor.MAX_CELLS);
        check(errors, "maxClients", maxClients, 1, MAX_CLIENTS);
        check(errors, "pinSlots", pinSlots, MIN_PIN_SLOTS, MAX_PIN_SLOTS);
        check(errors, "reserveStepBytes", reserveStepBytes, MIN_STEP_BYTES, Long.MAX_VALUE / 2);
        check(errors, "jobQuotaBytes", jobQuotaBytes, 0, Long.MAX_VALUE);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException("object store configuration: " + String.join("; ", errors));
        }
        arenaBytes &= -SizeClasses.PAGE_BYTES;
    }

    /**
     * A configuration with defaults: 262,144 objects, 256 clients, 8,192 pins each, 16 MiB steps, ordinary pages; no quota, no spilling, no
     * catalog.
     *
     * @param shmDir the node's folder in shared memory
     * @param arenaBytes memory for objects
     */
    public static StoreConfig of(final Path shmDir, final long arenaBytes) {
        return new StoreConfig(
                shmDir,
                DEFAULT_INBOX,
                arenaBytes,
                1 << 18,
                256,
                8192,
                16L << 20,
                HugePages.OFF,
                0,
                SpillConfig.NONE,
                CatalogConfig.NONE);
    }

    /** The same with another limit of objects. */
    public StoreConfig withMaxObjects(final int newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                newValue,
                maxClients,
                pinSlots,
                reserveStepBytes,
                hugePages,
                jobQuotaBytes,
                spill,
                catalog);
    }

    /** The same with another limit of clients. */
    public StoreConfig withMaxClients(final int newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                newValue,
                pinSlots,
                reserveStepBytes,
                hugePages,
                jobQuotaBytes,
                spill,
                catalog);
    }

    /** The same with pin tables of another size. */
    public StoreConfig withPinSlots(final int newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                newValue,
                reserveStepBytes,
                hugePages,
                jobQuotaBytes,
                spill,
                catalog);
    }

    /** The same with other steps of reservation. */
    public StoreConfig withReserveStepBytes(final long newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                pinSlots,
                newValue,
                hugePages,
                jobQuotaBytes,
                spill,
                catalog);
    }

    /** The same with other pages. */
    public StoreConfig withHugePages(final HugePages newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                pinSlots,
                reserveStepBytes,
                newValue,
                jobQuotaBytes,
                spill,
                catalog);
    }

    /** The same with another quota per job. */
    public StoreConfig withJobQuotaBytes(final long newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                pinSlots,
                reserveStepBytes,
                hugePages,
                newValue,
                spill,
                catalog);
    }

    /** The same with spilling as given. */
    public StoreConfig withSpill(final SpillConfig newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                pinSlots,
                reserveStepBytes,
                hugePages,
                jobQuotaBytes,
                newValue,
                catalog);
    }

    /** The same with another catalog. */
    public StoreConfig withCatalog(final CatalogConfig newValue) {
        return new StoreConfig(
                shmDir,
                inboxName,
                arenaBytes,
                maxObjects,
                maxClients,
                pinSlots,
                reserveStepBytes,
                hugePages,
                jobQuotaBytes,
                spill,
                newValue);
    }

    private static void check(
            final List<String> errors, final String name, final long value, final long low, final long high) {
        if (value < low || value > high) {
            errors.add(name + "=" + value + " is not in " + low + ".." + high);
        }
    }
}
