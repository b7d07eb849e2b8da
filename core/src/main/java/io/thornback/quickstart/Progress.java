/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.PrintStream;

/** Shows how far a job is. Called by the driver's thread, some times a second. */
public interface Progress extends AutoCloseable {
    /**
     * Shows a state; the next one takes its place.
     *
     * @param stage what is being done, one word
     * @param done how much of it
     * @param total of how much, at least 1
     * @param detail more, in a few words
     */
    void show(String stage, long done, long total, String detail);

    /** Removes what is shown, or ends it. Idempotent. */
    @Override
    void close();

    /** Shows nothing. */
    static Progress none() {
        return new Progress() {
            @Override
            public void show(String stage, long done, long total, String detail) {}

            @Override
            public void close() {}
        };
    }

    /** A bar that is drawn over and over in one line of a terminal. */
    static Progress bar(PrintStream out) {
        return new ProgressBar(out);
    }

    /** A plain line for each stage, and one every two seconds while it lasts: for logs and pipes. */
    static Progress lines(PrintStream out) {
        return new ProgressLines(out, System::nanoTime);
    }
}
