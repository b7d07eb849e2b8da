/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets the lines of many workers through to one terminal: a line that comes again within a few seconds, from whichever worker, is counted instead of shown; of more than so many lines a second the rest is counted too.
 * Pure, with the clock handed in; one thread.
 */
final class LineFolder {
    /** Different lines that are remembered. */
    private static final int MAX_REMEMBERED = 1_024;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final long windowNs;
    private final int linesPerSecond;
    private final Consumer<String> out;
    private final Map<String, Repeats> remembered = new LinkedHashMap<>();
    private long secondStartNs;
    private int linesInSecond;
    private long leftOut;

    private static final class Repeats {
        private final String prefix;
        private final long sinceNs;
        private int count;

        private Repeats(final String prefix, final long sinceNs) {
            this.prefix = prefix;
            this.sinceNs = sinceNs;
        }
    }

    /**
     * @param windowNs how long after a line the same line is only counted.
     * @param linesPerSecond most lines that are shown in a second.
     * @param out shows a line.
     */
    LineFolder(final long windowNs, final int linesPerSecond, final Consumer<String> out) {
        this.windowNs = windowNs;
        this.linesPerSecond = linesPerSecond;
        this.out = out;
    }

    /** A line of a worker; {@code prefix} tells which. */
    void line(final String prefix, final String text, final long nowNs) {
        tick(nowNs);
        final Repeats known = remembered.get(text);
        if (known != null) {
            known.count++;
            return;
        }
        if (!text.isBlank() && remembered.size() < MAX_REMEMBERED) {
            remembered.put(text, new Repeats(prefix, nowNs));
        }
        show(prefix + " " + text);
    }

    private void show(final String line) {
        if (linesInSecond < linesPerSecond) {
            linesInSecond++;
            out.accept(line);
        } else {
            leftOut++;
        }
    }

    /** Tells of repeats whose time has passed, and of lines that were left out. */
    void tick(final long nowNs) {
        if (nowNs - secondStartNs >= SECOND_NS) {
            secondStartNs = nowNs;
            linesInSecond = 0;
            if (leftOut > 0) {
                out.accept("(" + leftOut + " lines of workers left out, limit=" + linesPerSecond
                        + " a second; their files have them all)");
                leftOut = 0;
            }
        }
        for (final Iterator<Map.Entry<String, Repeats>> each =
                        remembered.entrySet().iterator();
                each.hasNext(); ) {
            final Map.Entry<String, Repeats> entry = each.next();
            if (nowNs - entry.getValue().sinceNs < windowNs) {
                return; // They are in the order in which they came.
            }
            each.remove();
            tell(entry.getKey(), entry.getValue());
        }
    }

    private void tell(final String text, final Repeats repeats) {
        if (repeats.count > 0) {
            show(repeats.prefix + " " + text + " [" + repeats.count + " more like this, of all workers]");
        }
    }

    /** Tells of all repeats: nothing more will come. */
    void flush() {
        remembered.forEach(this::tell);
        remembered.clear();
        linesInSecond = 0;
        tick(secondStartNs + SECOND_NS);
    }
}
