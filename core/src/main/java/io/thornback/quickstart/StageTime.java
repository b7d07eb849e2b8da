/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.Comparator;
import java.util.List;

/**
 * When a stage of the job ran, and what it cost. Stages overlap: the first chunks are parsed while later ones are packed.
 *
 * @param name what it did
 * @param where who did it
 * @param startMicros beginning, microseconds since 1970
 * @param endMicros end
 * @param cpuMs CPU time, all threads of the processes concerned, in steps of 10 ms; -1 if it cannot be told apart
 * @param bytes what it read; 0 where that says nothing
 */
public record StageTime(String name, String where, long startMicros, long endMicros, long cpuMs, long bytes) {
    /** CPU time that cannot be told apart from others'. */
    static final long UNKNOWN = -1;

    /** From its first beginning to its last end. */
    public long wallMicros() {
        return endMicros - startMicros;
    }

    /** Bytes per second of wall time; 0 where there is none. */
    public double bytesPerSecond() {
        return wallMicros() <= 0 ? 0 : bytes * 1e6 / wallMicros();
    }

    /**
     * A stage of tasks: from the first task's beginning to the last one's end. CPU time is the sum of what each task's
     * process used meanwhile, which is right as long as a process runs one task at a time.
     *
     * @param all timings of all stages
     * @param driverPid tasks in this process share it with others, and their CPU time is unknown
     */
    static StageTime ofTasks(String name, List<TaskTiming> all, long driverPid) {
        List<TaskTiming> tasks =
                all.stream().filter(t -> t.stage().equals(name)).toList();
        long start = tasks.stream().mapToLong(TaskTiming::startMicros).min().orElse(0);
        long end = tasks.stream().mapToLong(TaskTiming::endMicros).max().orElse(0);
        long pids = tasks.stream().map(TaskTiming::pid).distinct().count();
        boolean shared = tasks.stream().anyMatch(t -> t.pid() == driverPid);
        long cpuMs = tasks.stream()
                .mapToLong(t -> t.processCpuEndMs() - t.processCpuStartMs())
                .sum();
        String where = tasks.size()
                + (tasks.size() == 1 ? " task in " : " tasks in ")
                + (shared ? "this JVM" : pids + (pids == 1 ? " worker" : " workers"));
        long bytes = tasks.stream().mapToLong(TaskTiming::bytes).sum();
        return new StageTime(name, where, start, end, shared ? UNKNOWN : cpuMs, bytes);
    }

    /** The same, done by somebody that was not known when it began. */
    StageTime in(String place) {
        return new StageTime(name, place, startMicros, endMicros, cpuMs, bytes);
    }

    static Comparator<StageTime> byStart() {
        return Comparator.comparingLong(StageTime::startMicros);
    }
}
