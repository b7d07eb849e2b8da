/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarFolderTest {
    @TempDir
    private Path dir;

    private Path jar(final String name, final long ageMs) throws IOException {
        final Path jar = Files.createFile(dir.resolve(name));
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - ageMs));
        return jar;
    }

    @Test
    void whatNobodyNeedsAndNobodyHasAskedForLatelyGoes() throws IOException {
        final Path needed = jar("needed.jar", 120_000);
        final Path fresh = jar("fresh.jar", 1_000);
        final Path old = jar("old.jar", 120_000);
        JarFolder.clean(dir, Set.of(needed), 60_000);
        assertTrue(Files.exists(needed) && Files.exists(fresh));
        assertFalse(Files.exists(old));
        JarFolder.deleteAll(dir);
        assertFalse(Files.exists(dir));
    }
}
