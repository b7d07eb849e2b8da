/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * What is recorded of one operation of the hot path.
 *
 * @param operation a method of {@link GuardBenchmark}
 * @param reference another one, of the same class
 * @param ratio time of the operation by time of the reference, as it was when it was recorded
 * @param noAllocation whether 0 B/op are promised
 */
record GuardLimits(String operation, String reference, double ratio, boolean noAllocation) {
    /** More than that many times the recorded ratio is a failure. */
    static final double TOLERANCE = 2;
    /** The smallest object has 16 bytes; JMH's own garbage is some tenths of a byte per operation at most. */
    static final double ALLOCATION_BYTES = 1;

    /**
     * One measurement.
     *
     * @param ns time of the operation
     * @param bytes allocated by all threads, per operation
     */
    record Measured(double ns, double bytes) {}

    /** Reads a file of lines such as {@code getAndRelease = hashMapHit 2.5 0B}. */
    static List<GuardLimits> read(Path file) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        }
        List<GuardLimits> limits = new ArrayList<>();
        for (String operation : new TreeSet<>(lines.stringPropertyNames())) {
            String[] words = lines.getProperty(operation).trim().split("\\s+", -1);
            if (words.length < 2 || words.length > 3 || (words.length == 3 && !words[2].equals("0B"))) {
                throw new IOException(file + ": " + operation + " is not 'reference ratio [0B]'");
            }
            limits.add(new GuardLimits(operation, words[0], Double.parseDouble(words[1]), words.length == 3));
        }
        return limits;
    }

    /** What is wrong with a measurement, or null. */
    String complaint(Measured measured, Measured referred) {
        if (noAllocation && !(measured.bytes <= ALLOCATION_BYTES)) {
            return String.format("%s allocates %.2f B/op, and promises none", operation, measured.bytes);
        }
        double now = measured.ns / referred.ns;
        if (!(now <= ratio * TOLERANCE)) {
            return String.format(
                    "%s takes %.2f times as long as %s (%.1f ns, %.1f ns); recorded is %.2f, the most is %.2f",
                    operation, now, reference, measured.ns, referred.ns, ratio, ratio * TOLERANCE);
        }
        return null;
    }

    GuardLimits of(String otherOperation) {
        return new GuardLimits(otherOperation, reference, ratio, noAllocation);
    }
}
