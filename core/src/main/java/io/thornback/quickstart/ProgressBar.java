/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.PrintStream;

/** A bar in the last line of a terminal: {@code parse   [#########-----------] 9/20  71 MB …}. Not thread-safe. */
final class ProgressBar implements Progress {
    private static final int CELLS = 24;
    private static final String CLEAR_LINE = "\r\033[2K";

    private final PrintStream out;
    private boolean shown;

    ProgressBar(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(String stage, long done, long total, String detail) {
        int filled = (int) (CELLS * Math.min(done, total) / Math.max(1, total));
        out.print(CLEAR_LINE + String.format("%-7s [", stage) + "#".repeat(filled) + "-".repeat(CELLS - filled) + "] "
                + done + "/" + total + "  " + detail);
        out.flush();
        shown = true;
    }

    @Override
    public void close() {
        if (shown) {
            out.print(CLEAR_LINE);
            out.flush();
            shown = false;
        }
    }
}
