/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @Test
    void withoutATerminalThereIsOneLineAStageAndOneEveryTwoSeconds() {
        AtomicLong nanos = new AtomicLong(5);
        Progress progress = new ProgressLines(out, nanos::get);
        progress.show("parse", 1, 9, "first");
        progress.show("parse", 2, 9, "too soon");
        nanos.addAndGet(2_000_000_000L);
        progress.show("parse", 3, 9, "later");
        progress.show("reduce", 0, 2, "next");
        progress.close();
        assertEquals(String.format("parse: 1/9, first%nparse: 3/9, later%nreduce: 0/2, next%n"), bytes.toString(UTF_8));
    }

    @Test
    void aBarFillsUpAndIsRemovedAtTheEnd() {
        Progress progress = Progress.bar(out);
        progress.show("parse", 12, 24, "half");
        assertTrue(bytes.toString(UTF_8).endsWith("parse   [############------------] 12/24  half"));
        progress.show("parse", 99, 24, "more than all");
        assertTrue(bytes.toString(UTF_8).contains("[########################]"));
        progress.close();
        assertTrue(bytes.toString(UTF_8).endsWith("\r\033[2K"));
        int length = bytes.size();
        progress.close();
        assertEquals(length, bytes.size());
    }

    @Test
    void aTerminalIsKnownByItsDevice() {
        assertTrue(Terminal.isTerminal("/dev/pts/3"));
        assertTrue(Terminal.isTerminal("/dev/tty1"));
        assertFalse(Terminal.isTerminal("pipe:[1234]"));
        assertFalse(Terminal.isTerminal("/tmp/out.log"));
        assertFalse(Terminal.isTerminal("/dev/null"));
    }

    @Test
    void cpuTimeIsReadPastAnyProcessName() {
        String stat = "42 (a) b) (c) S 1 42 42 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 9 0 100 0 0";
        assertEquals(1_750, TaskClock.parseCpuMs(stat));
        assertTrue(TaskClock.processCpuMs() > 0);
    }
}
