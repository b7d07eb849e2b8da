/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/** Measures a stage of this process. */
final class StageClock {
    private final String name;
    private final String where;
    private final long startMicros = TaskClock.nowMicros();
    private final long startCpuMs = TaskClock.processCpuMs();

    StageClock(String name, String where) {
        this.name = name;
        this.where = where;
    }

    StageTime stop(long bytes) {
        return new StageTime(
                name, where, startMicros, TaskClock.nowMicros(), TaskClock.processCpuMs() - startCpuMs, bytes);
    }

    /** For work of which other processes do the larger part. */
    StageTime stopWithoutCpu() {
        return new StageTime(name, where, startMicros, TaskClock.nowMicros(), StageTime.UNKNOWN, 0);
    }
}
