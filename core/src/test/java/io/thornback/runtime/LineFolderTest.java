/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineFolderTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> shown = new ArrayList<>();
    private final LineFolder folder = new LineFolder(5 * SECOND, 10, shown::add);

    @Test
    void aLineThatComesAgainIsCountedWhoeverWritesIt() {
        folder.line("(a pid=1)", "loading", SECOND);
        folder.line("(b pid=2)", "loading", SECOND + 1);
        folder.line("(a pid=1)", "loaded", SECOND + 2);
        folder.line("(c pid=3)", "loading", SECOND + 3);
        assertEquals(List.of("(a pid=1) loading", "(a pid=1) loaded"), shown);
        folder.tick(6 * SECOND + 1);
        assertEquals("(a pid=1) loading [2 more like this, of all workers]", shown.get(2));
        folder.line("(b pid=2)", "loading", 8 * SECOND);
        assertEquals("(b pid=2) loading", shown.get(3), "after a while it is news again");
        folder.flush();
        assertEquals(4, shown.size());
    }

    @Test
    void ofTooManyLinesTheRestIsCounted() {
        for (int i = 0; i < 1_000; i++) {
            folder.line("(a pid=1)", "line " + i, 7 * SECOND + i);
        }
        assertEquals(10, shown.size());
        folder.tick(8 * SECOND + 1_000);
        assertTrue(shown.get(10).contains("990 lines of workers left out"), shown.get(10));
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (int i = 0; i < 100_000; i++) {
            folder.line("(a pid=1)", "line " + i, SECOND);
        }
        folder.flush();
        assertTrue(shown.size() <= 11, "shown " + shown.size());
    }

    @Test
    void emptyLinesAreShown() {
        folder.line("(a pid=1)", "", SECOND);
        folder.line("(a pid=1)", "", SECOND);
        assertEquals(2, shown.size());
    }
}
