/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Names of the files of a session's folder {@code observe}. */
final class ObserveFiles {
    private static final String FOLDER = "observe";
    private static final String RAYLET = "raylet";
    private static final String TASKS = ".tasks";

    private ObserveFiles() {}

    static Path folder(final Path shmDir) {
        return shmDir.resolve(FOLDER);
    }

    /** Makes the folder if there is none; the path of a file in it. */
    static Path make(final Path file) {
        try {
            Files.createDirectories(file.getParent());
        } catch (final IOException e) {
            throw new ObserveException("cannot make " + file.getParent() + ": " + e.getMessage(), e);
        }
        return file;
    }

    static Path counters(final Path shmDir) {
        return folder(shmDir).resolve(RAYLET + ".counters");
    }

    static Path workers(final Path shmDir) {
        return folder(shmDir).resolve(RAYLET + ".workers");
    }

    static Path actors(final Path shmDir) {
        return folder(shmDir).resolve(RAYLET + ".actors");
    }

    static Path rayletTasks(final Path shmDir) {
        return folder(shmDir).resolve(RAYLET + TASKS);
    }

    static Path workerTasks(final Path shmDir, final int worker) {
        return folder(shmDir).resolve("worker-" + worker + TASKS);
    }

    /** All files of tasks that there are now. */
    static List<Path> allTasks(final Path shmDir) {
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(shmDir), "*" + TASKS)) {
            entries.forEach(found::add);
        } catch (final NoSuchFileException e) {
            return List.of();
        } catch (final IOException e) {
            throw new ObserveException("cannot list " + folder(shmDir) + ": " + e.getMessage(), e);
        }
        return found;
    }
}
