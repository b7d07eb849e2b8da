/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFileInputTest {
    @TempDir
    Path folder;

    private final Map<String, ClassFile> found = new TreeMap<>();
    private final Map<String, SkipReason> skipped = new TreeMap<>();
    private int others;

    @Test
    void findsClassFilesInFoldersAndInTheirJars() throws IOException {
        byte[] bytes = new ClassBytes().bytes();
        Files.createDirectories(folder.resolve("a/b"));
        Files.write(folder.resolve("a/b/One.class"), bytes);
        Files.writeString(folder.resolve("a/readme.txt"), "text");
        Files.createSymbolicLink(folder.resolve("a/loop"), folder);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("lib.jar")))) {
            zip.putNextEntry(new ZipEntry("c/"));
            zip.putNextEntry(new ZipEntry("c/Two.class"));
            zip.write(bytes);
            zip.putNextEntry(new ZipEntry("c/notes"));
        }
        Files.writeString(folder.resolve("broken.jar"), "no zip");
        try (ClassFileInput input = list(folder)) {
            assertEquals(2, found.size(), found.keySet().toString());
            for (ClassFile file : found.values()) {
                ByteBuffer read = ByteBuffer.allocate(file.sizeBytes());
                assertEquals(bytes.length, file.copyTo(read));
                assertArrayEquals(bytes, read.array());
            }
            assertEquals(2, others);
            assertEquals(Map.of(folder.resolve("broken.jar").toString(), SkipReason.UNREADABLE), skipped);
            assertTrue(input.description().contains(folder.toString()));
        }
    }

    @Test
    void readsOneJar() throws IOException {
        Path jar = folder.resolve("lib.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("Two.class"));
            zip.write(new byte[100_000]);
        }
        try (ClassFileInput input = list(jar)) {
            ClassFile file = found.get(jar + "!/Two.class");
            assertEquals(100_000, file.copyTo(ByteBuffer.allocateDirect(100_000)), input.description());
        }
    }

    @Test
    void aFileThatShrinksOrGoesIsNoticedWhenItIsRead() throws IOException {
        Path path = folder.resolve("One.class");
        Files.write(path, new byte[10]);
        try (ClassFileInput input = list(folder)) {
            ClassFile file = found.get(path.toString());
            Files.write(path, new byte[4]);
            assertEquals(4, file.copyTo(ByteBuffer.allocate(10)), input.description());
            Files.write(path, new byte[40]);
            assertEquals(10, file.copyTo(ByteBuffer.allocate(10)));
            Files.delete(path);
            assertThrows(NoSuchFileException.class, () -> file.copyTo(ByteBuffer.allocate(10)));
        }
    }

    @Test
    void refusesWhatIsNeitherFolderNorJar() throws IOException {
        assertThrows(NoSuchFileException.class, () -> ClassFileInput.open(folder.resolve("nothing")));
        Path text = Files.writeString(folder.resolve("text"), "text");
        assertThrows(IOException.class, () -> ClassFileInput.open(text));
    }

    @Test
    void theJdkIsTheSameAsItsFileSystemShows() throws IOException {
        try (ClassFileInput input = list(null)) {
            Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
            Map<String, Long> expected = new TreeMap<>();
            try (var all = Files.walk(modules)) {
                for (Path path : (Iterable<Path>) all.filter(p -> p.toString().endsWith(".class"))::iterator) {
                    expected.put("jrt:/" + modules.relativize(path), Files.size(path));
                }
            }
            Map<String, Long> listed = new TreeMap<>();
            found.forEach((name, file) -> listed.put(name, (long) file.sizeBytes()));
            assertEquals(expected, listed, input.description());
            ClassFile object = found.get("jrt:/java.base/java/lang/Object.class");
            ByteBuffer read = ByteBuffer.allocate(object.sizeBytes());
            object.copyTo(read);
            assertArrayEquals(Files.readAllBytes(modules.resolve("java.base/java/lang/Object.class")), read.array());
        }
    }

    private ClassFileInput list(Path path) throws IOException {
        ClassFileInput input = ClassFileInput.open(path);
        input.list(new ClassFileInput.Listener() {
            @Override
            public void onClassFile(ClassFile file) {
                found.put(file.name(), file);
            }

            @Override
            public void onOtherFile(String name) {
                others++;
            }

            @Override
            public void onSkipped(String name, SkipReason reason) {
                skipped.put(name, reason);
            }
        });
        return input;
    }
}
