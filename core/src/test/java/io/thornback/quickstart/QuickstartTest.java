/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Thornback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    private static Thornback tb;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        tb = Thornback.startLocal();
    }

    @AfterAll
    static void stop() {
        tb.close();
    }

    @Test
    void countsAFolderInSeveralObjectsAndAgreesWithThePlainCount() throws IOException {
        int files = 300;
        for (int i = 0; i < files; i++) {
            ClassBytes file = new ClassBytes();
            for (int m = 0; m < 50; m++) {
                file.method("a/Owner" + m % 7, "method" + (i + m) % 90, "()V");
            }
            file.rawUtf8(new int[1_500]);
            Files.write(folder.resolve("C" + i + ".class"), file.members(2, 3).bytes());
        }
        Files.write(folder.resolve("Cut.class"), new byte[] {(byte) 0xCA, (byte) 0xFE});
        Files.writeString(folder.resolve("readme"), "text");

        List<String> shown = new ArrayList<>();
        QuickstartReport report = Quickstart.run(tb, options(64 << 10), new Progress() {
            @Override
            public void show(String stage, long done, long total, String detail) {
                shown.add(stage);
                assertTrue(total >= 1 && done >= 0, stage + " " + done + "/" + total);
            }

            @Override
            public void close() {
                shown.add("closed");
            }
        });
        assertEquals(List.of(), report.differences());
        assertEquals(files, report.totals().classes());
        assertEquals(1, report.totals().skippedFiles());
        assertEquals(1, report.otherFiles());
        assertEquals(2L * files, report.totals().fields());
        assertTrue(report.work().objects() > 5, "objects " + report.work().objects());
        assertEquals(new Ranked("a/Owner0", 8L * files), report.topTypes().get(0));
        assertEquals("closed", shown.get(shown.size() - 1));
        assertTrue(shown.containsAll(List.of("pack", "check")), shown.toString());
    }

    @Test
    void theResultIsTheSameForEveryChunkSize() throws IOException {
        for (Class<?> type : List.of(String.class, Thread.class, Object.class, java.util.HashMap.class)) {
            Files.write(folder.resolve(type.getSimpleName() + ".class"), ClassFileReaderTest.compiled(type));
        }
        String one = Quickstart.run(tb, options(8 << 20), Progress.none()).digest();
        String many = Quickstart.run(tb, options(64 << 10), Progress.none()).digest();
        assertEquals(one, many);
    }

    @Test
    void anInputWithoutClassFilesIsAnErrorThatSaysSo() throws IOException {
        Files.writeString(folder.resolve("readme"), "text");
        NoClassFilesException e =
                assertThrows(NoClassFilesException.class, () -> Quickstart.run(tb, options(8 << 20), Progress.none()));
        assertTrue(
                e.getMessage().contains(folder.toString()) && e.getMessage().contains("otherFiles=1"), e.getMessage());
    }

    @Test
    void anInputThatDoesNotExistIsAnErrorThatNamesIt() {
        QuickstartOptions options = new QuickstartOptions(Optional.of(folder.resolve("none")), 8 << 20, 10, 4);
        assertThrows(NoSuchFileException.class, () -> Quickstart.run(tb, options, Progress.none()));
    }

    private QuickstartOptions options(int chunkBytes) {
        return new QuickstartOptions(Optional.of(folder), chunkBytes, 10, 4);
    }
}
