/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputRotationTest {
    @TempDir
    private Path dir;

    @Test
    void aFileThatIsTooLargeIsCopiedAndCutUnderItsWriter() throws IOException {
        final Path file = dir.resolve("worker-1.out");
        try (OutputStream writer = Files.newOutputStream(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (int i = 1; i <= 4; i++) {
                writer.write(("part " + i + "\n").getBytes(StandardCharsets.UTF_8));
                assertTrue(OutputRotation.rotate(file, 5, 2));
            }
            writer.write('x');
            assertFalse(OutputRotation.rotate(file, 5, 2), "it is small again");
        }
        assertEquals("x", Files.readString(file), "the writer goes on at the new end");
        assertEquals("part 4\n", Files.readString(OutputRotation.copy(file, 1)));
        assertEquals("part 3\n", Files.readString(OutputRotation.copy(file, 2)));
        assertFalse(Files.exists(OutputRotation.copy(file, 3)), "the oldest goes");
    }

    @Test
    void whatCannotBeCopiedIsNeitherCutNorTakesAnOlderCopyWithIt() throws IOException {
        final Path file = Files.writeString(dir.resolve("worker-1.out"), "first, long\n");
        assertTrue(OutputRotation.rotate(file, 5, 2));
        Files.writeString(file, "second, long\n");
        final Path inTheWay = Files.createDirectories(dir.resolve("worker-1.out.tmp/full"));
        for (int i = 0; i < 3; i++) {
            assertThrows(IOException.class, () -> OutputRotation.rotate(file, 5, 2));
        }
        assertEquals("second, long\n", Files.readString(file));
        assertEquals("first, long\n", Files.readString(OutputRotation.copy(file, 1)));

        Files.delete(inTheWay);
        assertTrue(OutputRotation.rotate(file, 5, 2));
        assertEquals("second, long\n", Files.readString(OutputRotation.copy(file, 1)));
        assertFalse(Files.exists(inTheWay.getParent()));
    }

    @Test
    void aFileThatIsGoneIsNoMatter() throws IOException {
        assertFalse(OutputRotation.rotate(dir.resolve("worker-2.out"), 5, 2));
    }
}
