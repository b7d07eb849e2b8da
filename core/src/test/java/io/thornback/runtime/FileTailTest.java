/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTailTest {
    @TempDir
    private Path dir;

    private final List<String> lines = new ArrayList<>();

    private void append(final String text) throws IOException {
        Files.writeString(
                dir.resolve("w.out"),
                text,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    private void pollAll(final FileTail tail) {
        while (tail.poll(lines::add) > 0) {
            // more may have come
        }
    }

    @Test
    void givesWholeLinesAsTheyCome() throws IOException {
        final FileTail tail = new FileTail(dir.resolve("w.out"));
        assertEquals(0, tail.poll(lines::add), "there is no file yet");
        append("one\ntw");
        pollAll(tail);
        append("o\nthree");
        pollAll(tail);
        assertEquals(List.of("one", "two"), lines);
        tail.flush(lines::add);
        assertEquals(List.of("one", "two", "three"), lines);
    }

    @Test
    void losesNothingWhenTheFileIsCopiedAndCut() throws IOException {
        final FileTail tail = new FileTail(dir.resolve("w.out"));
        append("one\n");
        pollAll(tail);
        append("two\nthr");
        Files.copy(dir.resolve("w.out"), dir.resolve("w.out.1"));
        Files.write(dir.resolve("w.out"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append("ee\n");
        pollAll(tail);
        assertEquals(List.of("one", "two", "three"), lines);
    }

    @Test
    void whoIsFarBehindSkipsToTheEndAndSaysSo() throws IOException {
        final FileTail tail = new FileTail(dir.resolve("w.out"));
        append(("x".repeat(99) + "\n").repeat(60_000));
        append("last\n");
        pollAll(tail);
        assertTrue(lines.get(0).contains("bytes left out"), lines.get(0));
        assertTrue(lines.size() < 1_000, "lines " + lines.size());
        assertEquals("last", lines.get(lines.size() - 1));
    }

    @Test
    void aLineWithoutAnEndIsCut() throws IOException {
        final FileTail tail = new FileTail(dir.resolve("w.out"));
        append("y".repeat(100_000));
        pollAll(tail);
        tail.flush(lines::add);
        assertEquals(100_000, lines.stream().mapToInt(String::length).sum());
        assertTrue(lines.stream().allMatch(line -> line.length() <= 8 << 10));
    }

    @Test
    void theCopyIsReadToItsEndThoughTheFileGrowsMeanwhile() throws IOException {
        final FileTail tail = new FileTail(dir.resolve("w.out"));
        append("one\n");
        pollAll(tail);
        append(("x".repeat(99) + "\n").repeat(2_000));
        Files.copy(dir.resolve("w.out"), dir.resolve("w.out.1"));
        Files.write(dir.resolve("w.out"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        assertTrue(tail.poll(lines::add) > 0, "begins with the copy");
        append(("y".repeat(99) + "\n").repeat(3_000));
        pollAll(tail);
        assertEquals(1 + 2_000 + 3_000, lines.size());
        assertEquals(3_000, lines.stream().filter(line -> line.startsWith("y")).count());
    }
}
