/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.RuntimeEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarCacheTest {
    @TempDir
    private Path dir;

    private Path staged(final JarCache cache, final Path jar) {
        return cache.stage(RuntimeEnvironment.none().withJar(jar)).jars().get(0);
    }

    @Test
    void aJarIsKeptUnderTheHashOfItsContent() throws IOException {
        final JarCache cache = new JarCache(dir.resolve("jars"));
        final Path jar = dir.resolve("a.jar");
        Files.writeString(jar, "one");
        final Path first = staged(cache, jar);
        assertEquals(first, staged(cache, jar));
        Files.writeString(jar, "two");
        final Path second = staged(cache, jar);
        assertNotEquals(first, second);
        assertEquals("one", Files.readString(first), "who uses the old one keeps it");
        assertEquals("two", Files.readString(second));
        try (Stream<Path> files = Files.list(dir.resolve("jars"))) {
            assertEquals(2, files.count(), "nothing else is left there");
        }
    }

    @Test
    void whatIsNotThereIsRefusedAndWhatHasNoJarsIsAsItWas() {
        final JarCache cache = new JarCache(dir.resolve("jars"));
        assertThrows(IllegalArgumentException.class, () -> staged(cache, dir.resolve("no.jar")));
        final RuntimeEnvironment elsewhere = RuntimeEnvironment.none().withWorkingDirectory(dir.resolve("no"));
        assertThrows(IllegalArgumentException.class, () -> cache.stage(elsewhere));
        final RuntimeEnvironment plain = RuntimeEnvironment.none().withVariable("A", "b");
        assertSame(plain, cache.stage(plain));
    }

    @Test
    void aJarThatHasNotChangedForAWhileIsReadOnce() throws IOException {
        final JarCache cache = new JarCache(dir.resolve("jars"));
        final Path jar = dir.resolve("a.jar");
        final FileTime old = FileTime.from(Instant.now().minusSeconds(60));
        Files.writeString(jar, "one");
        Files.setLastModifiedTime(jar, old);
        final Path first = staged(cache, jar);
        Files.writeString(jar, "two");
        Files.setLastModifiedTime(jar, old);
        assertEquals(first, staged(cache, jar), "nothing tells that it is another");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(30)));
        assertEquals("two", Files.readString(staged(cache, jar)));
        Files.delete(first);
        Files.writeString(jar, "one");
        Files.setLastModifiedTime(jar, old);
        assertEquals("one", Files.readString(staged(cache, jar)), "what the raylet took out is put in again");
    }
}
