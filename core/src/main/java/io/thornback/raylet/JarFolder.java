/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which jobs need which jars of the session's cache; when a job is over, what nobody needs is deleted, by a thread of its own. A jar that a driver has asked for in the last minute stays: the hello that needs it may be on its way. The raylet's agent's.
 */
final class JarFolder {
    private static final Logger LOG = LoggerFactory.getLogger(JarFolder.class);
    private static final long FRESH_MS = TimeUnit.MINUTES.toMillis(1);

    private final Path folder;
    private final Map<JobId, Set<Path>> needed = new HashMap<>();

    JarFolder(final Path folder) {
        this.folder = folder;
    }

    void needs(final JobId job, final RuntimeEnvironment environment) {
        if (!environment.jars().isEmpty()) {
            needed.computeIfAbsent(job, id -> new HashSet<>()).addAll(environment.jars());
        }
    }

    void ended(final JobId job) {
        if (needed.remove(job) != null) {
            final Set<Path> others = new HashSet<>();
            needed.values().forEach(others::addAll);
            final Thread cleaner = new Thread(() -> clean(folder, others, FRESH_MS), "jar-cleaner");
            cleaner.setDaemon(true);
            cleaner.start();
        }
    }

    /** Deletes what is not kept and is older than this. */
    static void clean(final Path folder, final Set<Path> kept, final long freshMs) {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                final long ageMs = System.currentTimeMillis()
                        - Files.getLastModifiedTime(file).toMillis();
                if (!kept.contains(file) && ageMs >= freshMs) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (final IOException e) {
            LOG.warn("cannot clean {}: {}", folder, e.toString());
        }
    }

    /** Deletes all of it, and the folder: the session is over. */
    static void deleteAll(final Path folder) {
        if (Files.isDirectory(folder)) {
            clean(folder, Set.of(), Long.MIN_VALUE);
            try {
                Files.deleteIfExists(folder);
            } catch (final IOException e) {
                LOG.warn("cannot delete {}: {}", folder, e.toString());
            }
        }
    }
}
