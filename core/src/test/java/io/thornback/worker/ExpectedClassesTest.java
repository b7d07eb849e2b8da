/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectedClassesTest {
    @TempDir
    private Path folder;

    private Path jar;
    private ExpectedClasses classes;

    @BeforeEach
    void aJar() throws IOException {
        jar = folder.resolve("app.jar");
        write("one");
        classes = new ExpectedClasses(ExpectedClassesTest.class.getClassLoader());
    }

    /** As a build does: a new file under the old name. */
    private void write(final String text) throws IOException {
        final Path part = folder.resolve("app.jar.part");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(part))) {
            out.putNextEntry(new ZipEntry("text"));
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String textIn(final JobClassLoader loader) throws IOException {
        try (InputStream in = loader.getResourceAsStream("text")) {
            assertNotNull(in);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatWasOpenedIsUsed() throws IOException {
        final JobClassLoader opened = classes.open(jar.toString());
        assertSame(opened, classes.take(jar.toString()));
    }

    @Test
    void aJarThatWasBuiltAgainIsReadAgain() throws IOException {
        final JobClassLoader opened = classes.open(jar.toString());
        write("two");
        final JobClassLoader taken = classes.take(jar.toString());
        assertNotSame(opened, taken);
        assertEquals("two", textIn(taken));
    }

    @Test
    void onlyThatClassPathGetsIt() throws IOException {
        classes.open(folder.toString());
        assertEquals("one", textIn(classes.take(jar.toString())));
    }

    @Test
    void itServesOneJob() throws IOException {
        classes.open(jar.toString());
        final JobClassLoader first = classes.take(jar.toString());
        assertNotSame(first, classes.take(jar.toString()));
    }

    @Test
    void aFileThatIsNotThereIsNoError() {
        classes.open(folder.resolve("none.jar").toString());
        assertNotNull(classes.take(folder.resolve("none.jar").toString()));
    }

    @Test
    void whatIsOnTheWorkersOwnClassPathIsNotLookedThroughAgain() {
        assertEquals(0, classes.take(System.getProperty("java.class.path")).getURLs().length);
    }
}
