/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

/**
 * How one worker JVM's memory is divided. The three parts add up to {@link #processBytes()}.
 *
 * @param heapBytes {@code -Xmx}
 * @param directBytes {@code -XX:MaxDirectMemorySize}
 * @param overheadBytes what the JVM needs beside them: metaspace, code cache, stacks, its own structures
 */
public record WorkerMemory(long heapBytes, long directBytes, long overheadBytes) {
    /** The smallest worker JVM that runs anything of use. */
    public static final long FLOOR_BYTES = 128L << 20;

    private static final long MIB = 1L << 20;
    private static final long OVERHEAD_BASE_BYTES = 48 * MIB;
    private static final long OVERHEAD_MAX_BYTES = 256 * MIB;
    private static final long DIRECT_MIN_BYTES = 16 * MIB;
    private static final long DIRECT_MAX_BYTES = 1024 * MIB;

    /** Divides the memory of one worker process; less than {@link #FLOOR_BYTES} counts as the floor. */
    public static WorkerMemory divide(long processBytes) {
        final long whole = Math.max(FLOOR_BYTES, processBytes / MIB * MIB);
        // A larger heap needs larger card tables, remembered sets and mark bitmaps: some 3 % with G1.
        final long overhead = Math.min(OVERHEAD_MAX_BYTES, mib(OVERHEAD_BASE_BYTES + (whole - FLOOR_BYTES) / 32));
        final long direct = Math.max(DIRECT_MIN_BYTES, Math.min(DIRECT_MAX_BYTES, mib((whole - overhead) / 8)));
        return new WorkerMemory(whole - overhead - direct, direct, overhead);
    }

    private static long mib(long bytes) {
        return bytes / MIB * MIB;
    }

    public long processBytes() {
        return heapBytes + directBytes + overheadBytes;
    }
}
