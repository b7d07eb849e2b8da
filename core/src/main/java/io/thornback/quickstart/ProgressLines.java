/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Progress without a terminal: a line when a stage begins, then one every two seconds. Not thread-safe. */
final class ProgressLines implements Progress {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);

    private final PrintStream out;
    private final LongSupplier nanoClock;
    private String stage = "";
    private long shownAtNs;

    ProgressLines(PrintStream out, LongSupplier nanoClock) {
        this.out = out;
        this.nanoClock = nanoClock;
    }

    @Override
    public void show(String newStage, long done, long total, String detail) {
        long now = nanoClock.getAsLong();
        if (newStage.equals(stage) && now - shownAtNs < INTERVAL_NS) {
            return;
        }
        stage = newStage;
        shownAtNs = now;
        out.println(newStage + ": " + done + "/" + total + ", " + detail);
    }

    @Override
    public void close() {
        out.flush();
    }
}
