/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.node.SessionProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all files in a session's folder of logs below one limit: the oldest of those that nobody writes to any more go, which are rotated copies, files of workers that have ended, dumps. What is written to is never touched: rotation bounds it.
 *
 * <p>One thread, which waits for nothing but the file system.
 */
final class LogQuota implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogQuota.class);
    private static final long INTERVAL_MS = 5_000;
    /** What was written to so lately may be written to, whatever its name says: a worker's that is just being started, a copy under way. */
    private static final long RECENT_MS = 10_000;

    private final Path folder;
    private final LongSupplier maxTotalBytes;
    private final Supplier<Set<String>> livingWorkers;
    private boolean isSaid;

    private final Chore chore = new Chore("log-quota", INTERVAL_MS, () -> look(System.currentTimeMillis()));

    private record LogFile(Path path, long sizeBytes, long modifiedMs) {}

    /**
     * Begins.
     *
     * @param maxTotalBytes the limit; asked each time, on this class's thread.
     * @param livingWorkers their names; asked likewise.
     */
    LogQuota(final Path folder, final LongSupplier maxTotalBytes, final Supplier<Set<String>> livingWorkers) {
        this.folder = folder;
        this.maxTotalBytes = maxTotalBytes;
        this.livingWorkers = livingWorkers;
        chore.start();
    }

    /** Looks once, and deletes what has to go. Returns how many bytes are left. */
    long look(final long nowMs) {
        final long limit = maxTotalBytes.getAsLong();
        final List<LogFile> files = list();
        long total = files.stream().mapToLong(LogFile::sizeBytes).sum();
        if (total <= limit) {
            isSaid = false;
            return total;
        }
        final Set<String> living = livingWorkers.get();
        files.removeIf(file -> nowMs - file.modifiedMs() < RECENT_MS || isWritten(file, living));
        files.sort(Comparator.comparingLong(LogFile::modifiedMs));
        int gone = 0;
        for (final LogFile file : files) {
            if (total > limit && delete(file.path())) {
                total -= file.sizeBytes();
                gone++;
            }
        }
        if (gone > 0) {
            LOG.info("logs took more than {} bytes (log.max-total-size): the {} oldest files are deleted", limit, gone);
        }
        if (total > limit && !isSaid) {
            isSaid = true;
            LOG.warn(
                    "logs that are being written take {} bytes, more than log.max-total-size={}: allow more, or less for"
                            + " each with log.max-file-size",
                    total,
                    limit);
        }
        return total;
    }

    private static boolean isWritten(final LogFile file, final Set<String> living) {
        final String name = file.path().getFileName().toString();
        if (!name.endsWith(".log") && !name.endsWith(".out")) {
            return false;
        }
        final String writer = name.substring(0, name.length() - ".log".length());
        return !writer.startsWith(SessionProcesses.WORKER_PREFIX)
                || living.contains(writer); // roles live as long as this
    }

    private List<LogFile> list() {
        final List<LogFile> found = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            paths.forEach(path -> {
                try {
                    final BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
                    if (seen.isRegularFile()) {
                        found.add(new LogFile(
                                path, seen.size(), seen.lastModifiedTime().toMillis()));
                    }
                } catch (final NoSuchFileException e) {
                    LOG.trace("gone meanwhile: {}", path, e);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (final NoSuchFileException e) {
            LOG.trace("no logs", e);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot look at the logs in " + folder, e);
        }
        return found;
    }

    private static boolean delete(final Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (final IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
            return false;
        }
    }

    @Override
    public void close() {
        chore.close();
    }
}
