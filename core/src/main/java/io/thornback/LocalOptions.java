/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.Map;
import java.util.TreeMap;

/**
 * Sizes of a node inside this JVM.
 *
 * @param cpus tasks that run at a time; 1 or more.
 * @param storeBytes size of the object store; pages are taken from {@code /dev/shm} as they are needed.
 * @param resources further resources that tasks and actors may ask for, by name.
 * @param labels labels that they may ask for.
 */
public record LocalOptions(int cpus, long storeBytes, Map<String, Double> resources, Map<String, String> labels) {
    /** Copies the maps. */
    public LocalOptions {
        resources = Map.copyOf(resources);
        labels = Map.copyOf(labels);
    }

    /** As many CPUs as the JVM sees, 256 MiB. */
    public static LocalOptions defaults() {
        return new LocalOptions(Runtime.getRuntime().availableProcessors(), 256L << 20, Map.of(), Map.of());
    }

    /** The same with another number of CPUs. */
    public LocalOptions withCpus(final int count) {
        return new LocalOptions(count, storeBytes, resources, labels);
    }

    /** The same with another store size. */
    public LocalOptions withStoreBytes(final long bytes) {
        return new LocalOptions(cpus, bytes, resources, labels);
    }

    /** The same with one more resource. */
    public LocalOptions withResource(final String name, final double amount) {
        final Map<String, Double> more = new TreeMap<>(resources);
        more.put(name, amount);
        return new LocalOptions(cpus, storeBytes, more, labels);
    }

    /** The same with one more label. */
    public LocalOptions withLabel(final String key, final String value) {
        final Map<String, String> more = new TreeMap<>(labels);
        more.put(key, value);
        return new LocalOptions(cpus, storeBytes, resources, more);
    }
}
