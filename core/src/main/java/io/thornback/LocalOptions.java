/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * Sizes of a node inside this JVM.
 *
 * @param cpus tasks that run at a time; 1 or more.
 * @param storeBytes size of the object store; pages are taken from {@code /dev/shm} as they are needed.
 */
public record LocalOptions(int cpus, long storeBytes) {
    /** As many CPUs as the JVM sees, 256 MiB. */
    public static LocalOptions defaults() {
        return new LocalOptions(Runtime.getRuntime().availableProcessors(), 256L << 20);
    }

    /** The same with another number of CPUs. */
    public LocalOptions withCpus(final int count) {
        return new LocalOptions(count, storeBytes);
    }

    /** The same with another store size. */
    public LocalOptions withStoreBytes(final long bytes) {
        return new LocalOptions(cpus, bytes);
    }
}
