/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Measures one task. CPU time is read from {@code /proc/self/stat} (proc(5), fields 14 and 15, in ticks of 10 ms) and
 * not through {@code java.lang.management}, which takes a fresh worker some 50 ms to load.
 */
final class TaskClock {
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final int MS_PER_TICK = 10;

    private final String stage;
    private final long startMicros = nowMicros();
    private final long startCpuMs = processCpuMs();

    TaskClock(String stage) {
        this.stage = stage;
    }

    TaskTiming stop(long bytes) {
        return new TaskTiming(
                stage, ProcessHandle.current().pid(), startMicros, nowMicros(), startCpuMs, processCpuMs(), bytes);
    }

    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** CPU time that this process has used so far, all threads, in milliseconds. */
    static long processCpuMs() {
        try {
            return parseCpuMs(Files.readString(STAT, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STAT + "; is /proc mounted?", e);
        }
    }

    /** The command's name, field 2, may hold spaces and brackets: fields are counted from its last bracket. */
    static long parseCpuMs(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MS_PER_TICK;
    }
}
