/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/**
 * Where and when one task ran, as the task itself saw it.
 *
 * @param stage {@code parse} or {@code reduce}
 * @param pid the process that ran it
 * @param startMicros when it began, microseconds since 1970
 * @param endMicros when it had its result
 * @param processCpuStartMs CPU time of its whole process when it began (compiler and collector threads included)
 * @param processCpuEndMs the same at its end
 * @param bytes bytes of class files, or of counts, that it read
 */
public record TaskTiming(
        String stage,
        long pid,
        long startMicros,
        long endMicros,
        long processCpuStartMs,
        long processCpuEndMs,
        long bytes) {}
