/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of one test in shared memory. */
final class ShmFolder {

    private ShmFolder() {}

    static Path make() throws IOException {
        return Files.createTempDirectory(Path.of("/dev/shm"), "thornback-native-test-");
    }

    static void delete(final Path folder) throws IOException {
        final List<Path> contents;
        try (Stream<Path> walk = Files.walk(folder)) {
            contents = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (final Path path : contents) {
            Files.delete(path);
        }
    }

    /** How many descriptors this process has on files below a folder. */
    static long openDescriptorsBelow(final Path folder) throws IOException {
        return openDescriptors(folder.toString());
    }

    static long openDescriptors(final String prefix) throws IOException {
        long count = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (final Path descriptor : descriptors.toList()) {
                count += target(descriptor).startsWith(prefix) ? 1 : 0;
            }
        }
        return count;
    }

    private static String target(final Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (final NoSuchFileException e) {
            return "closed meanwhile";
        }
    }
}
