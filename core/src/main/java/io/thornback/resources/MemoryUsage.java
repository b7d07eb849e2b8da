/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * How much of a limited amount of memory is in use.
 *
 * @param usedBytes in use and not to be had back by dropping caches
 * @param limitBytes the most there may be
 * @param source of the limit, for people
 */
public record MemoryUsage(long usedBytes, long limitBytes, String source) {
    /** The used part, 0 to 1. */
    public double share() {
        return limitBytes == 0 ? 1 : (double) usedBytes / limitBytes;
    }
}
