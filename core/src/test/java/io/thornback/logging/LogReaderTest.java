/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();

    private Path log() {
        return folder.resolve("gcs.log");
    }

    private void write(String text) throws IOException {
        Files.writeString(log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** As the rotation of the roles does it. */
    private void rotate(int most) throws IOException {
        Files.deleteIfExists(rotated(most));
        for (int number = most - 1; number >= 1; number--) {
            if (Files.exists(rotated(number))) {
                Files.move(rotated(number), rotated(number + 1));
            }
        }
        Files.move(log(), rotated(1));
    }

    private Path rotated(int number) {
        return folder.resolve("gcs.log." + number);
    }

    private List<String> last(int count) throws IOException {
        List<String> found = new ArrayList<>();
        try (LogReader reader = new LogReader(log())) {
            reader.last(count, found::add);
            reader.finish(found::add);
        }
        return found;
    }

    @Test
    void theLastLinesGoOnInRotatedFiles() throws IOException {
        write("a\nb\n");
        rotate(3);
        write("c\n");
        rotate(3);
        write("d\ne\n");
        assertEquals(List.of("e"), last(1));
        assertEquals(List.of("d", "e"), last(2));
        assertEquals(List.of("b", "c", "d", "e"), last(4));
        assertEquals(List.of("a", "b", "c", "d", "e"), last(100));
        assertEquals(List.of(), last(0));
        write("half");
        assertEquals(List.of("e", "half"), last(2));
    }

    @Test
    void linesAreFoundAcrossBlocks() throws IOException {
        List<String> all =
                IntStream.range(0, 40_000).mapToObj(i -> "line " + i + " é").toList();
        write(String.join("\n", all) + "\n");
        assertEquals(all, last(40_000));
        assertEquals(all.subList(1, 40_000), last(39_999));
        assertEquals(all.subList(20_000, 40_000), last(20_000));
    }

    @Test
    void whatIsAddedIsReadWhateverIsRenamedMeanwhile() throws IOException {
        write("before\n");
        try (LogReader reader = new LogReader(log())) {
            reader.last(0, lines::add);
            write("one\ntw");
            reader.more(lines::add);
            assertEquals(List.of("one"), lines, "a line that has no end yet is not given out");
            write("o\nthree\n");
            rotate(3);
            reader.more(lines::add);
            write("four\n");
            rotate(3);
            write("five\n");
            reader.more(lines::add);
            reader.more(lines::add);
            assertEquals(List.of("one", "two", "three", "four", "five"), lines);
        }
    }

    @Test
    void aFileThatCameAndWentUnseenIsReadAsFarAsItIsThere() throws IOException {
        write("first\n");
        try (LogReader reader = new LogReader(log())) {
            reader.last(1, lines::add);
            for (int i = 0; i < 5; i++) {
                write("in " + i + "\n");
                rotate(2);
            }
            write("now\n");
            reader.more(lines::add);
            assertEquals(List.of("first", "in 0", "in 3", "in 4", "now"), lines);
        }
    }

    @Test
    void aLogThatComesLaterIsReadFromItsBeginning() throws IOException {
        try (LogReader reader = new LogReader(log())) {
            reader.more(lines::add);
            write("first\n");
            reader.more(lines::add);
            Files.writeString(log(), "");
            reader.more(lines::add);
            write("anew\n");
            reader.more(lines::add);
            assertEquals(List.of("first", "anew"), lines);
        }
    }
}
