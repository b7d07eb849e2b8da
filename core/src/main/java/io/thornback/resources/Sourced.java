/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * A value and where it came from, so that an error about it can name the place to change it.
 *
 * @param source e.g. {@code host}, {@code cgroup /sys/fs/cgroup/memory.max}, {@code flag --memory}
 */
public record Sourced<T>(T value, String source) {
    @Override
    public String toString() {
        return value + " (" + source + ")";
    }
}
