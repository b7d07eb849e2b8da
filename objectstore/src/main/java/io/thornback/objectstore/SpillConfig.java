/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where and when objects leave memory for the disk. Immutable; checked when it is built, all errors at once.
 *
 * @param directories used in turn, the next when one is full; empty: nothing is spilled. Each store makes a folder of its own in each
 * @param fileBytes a spill file is closed when it is this long; an object longer than that has a file of its own
 * @param quotaBytes most disk that the store uses, over all directories
 * @param highWaterPercent of the arena in use at which spilling begins in the background, to go on until an eighth of the arena less is, 1..100
 * @param sync when to force what was written
 */
public record SpillConfig(
        List<Path> directories, long fileBytes, long quotaBytes, int highWaterPercent, SpillSync sync) {
    /** No spilling. */
    public static final SpillConfig NONE = of(List.of());

    private static final long MIN_FILE_BYTES = 64 * 1024;

    /** Checks every value. */
    public SpillConfig {
        directories = List.copyOf(directories);
        Objects.requireNonNull(sync, "sync");
        final List<String> errors = new ArrayList<>();
        if (fileBytes < MIN_FILE_BYTES) {
            errors.add("fileBytes=" + fileBytes + " is less than " + MIN_FILE_BYTES);
        }
        if (quotaBytes < 0) {
            errors.add("quotaBytes=" + quotaBytes + " is negative");
        }
        if (highWaterPercent < 1 || highWaterPercent > 100) {
            errors.add("highWaterPercent=" + highWaterPercent + " is not in 1..100");
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException("spill configuration: " + String.join("; ", errors));
        }
    }

    /** Defaults: files of 100 MiB, no quota, from 80 % of the arena on, no fsync. */
    public static SpillConfig of(final List<Path> directories) {
        return new SpillConfig(directories, 100L << 20, Long.MAX_VALUE, 80, SpillSync.NONE);
    }

    /** Whether there is anywhere to spill to. */
    public boolean isEnabled() {
        return !directories.isEmpty();
    }
}
