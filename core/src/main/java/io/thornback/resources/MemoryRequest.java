/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the operator asked for; what is empty is decided from the host.
 *
 * @param memoryBytes {@code --memory}: all that the node may use, arena and workers included
 * @param storeBytes {@code --store-memory}: the object store's arena
 * @param cpus {@code --cpus}: how many CPUs the node offers to tasks; may exceed what the host has
 * @param roles how many role processes this node runs beside its workers, 1 to 16
 */
public record MemoryRequest(OptionalLong memoryBytes, OptionalLong storeBytes, OptionalInt cpus, int roles) {
    /** The most CPUs that a node may claim to have. */
    public static final int MAX_CPUS = 4096;

    public MemoryRequest {
        requirePositive("--memory", memoryBytes.orElse(1));
        requirePositive("--store-memory", storeBytes.orElse(1));
        requirePositive("--cpus", cpus.orElse(1));
        if (cpus.orElse(1) > MAX_CPUS) {
            throw new IllegalArgumentException("--cpus=" + cpus.getAsInt() + " is over the limit of " + MAX_CPUS);
        }
        if (roles < 1 || roles > 16) {
            throw new IllegalArgumentException("roles=" + roles + " is outside 1 to 16");
        }
    }

    /** Everything from the host. */
    public static MemoryRequest defaults(int roles) {
        return new MemoryRequest(OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), roles);
    }

    public MemoryRequest withMemory(long bytes) {
        return new MemoryRequest(OptionalLong.of(bytes), storeBytes, cpus, roles);
    }

    public MemoryRequest withStoreMemory(long bytes) {
        return new MemoryRequest(memoryBytes, OptionalLong.of(bytes), cpus, roles);
    }

    public MemoryRequest withCpus(int count) {
        return new MemoryRequest(memoryBytes, storeBytes, OptionalInt.of(count), roles);
    }

    private static void requirePositive(String flag, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(flag + "=" + value + " must be more than 0");
        }
    }
}
