/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.config.LogSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the files that workers write their standard output and error to from growing without end: one that has passed the limit is copied, the copy becomes {@code name.1} (the older ones move up, the oldest goes), and it is cut to nothing.
 *
 * <p>Copied and cut rather than read through a pipe, because the worker then writes to a file and to nothing else: no reader that is slow, stopped or dead can hold up a print in user code. The price is what a worker
 * writes in the microseconds between the end of the copy and the cut, and that a file may pass the limit by what is written in a second. The files are open for appending, so that a worker goes on at the new end.
 *
 * <p>One thread, which waits for nothing but the disk.
 */
final class OutputRotation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputRotation.class);
    private static final long INTERVAL_MS = 1_000;

    private final Supplier<Collection<Path>> files;
    private final Supplier<LogSettings> settings;
    /** Those that could not be rotated the last time, so that it is said once. */
    private final Set<Path> failing = new HashSet<>();

    private final Chore chore = new Chore("worker-output", INTERVAL_MS, this::look);

    /**
     * Begins.
     *
     * @param files those that are written to now; asked on this class's thread.
     * @param settings size at which a file is rotated and copies that are kept of each; asked each time, on this class's thread.
     */
    OutputRotation(final Supplier<Collection<Path>> files, final Supplier<LogSettings> settings) {
        this.files = files;
        this.settings = settings;
        chore.start();
    }

    private void look() {
        final Collection<Path> now = files.get();
        final LogSettings limits = settings.get();
        failing.retainAll(now);
        for (final Path file : now) {
            try {
                rotate(file, limits.maxFileBytes(), limits.maxFiles());
                failing.remove(file);
            } catch (final IOException e) {
                if (failing.add(file)) {
                    LOG.warn("cannot rotate {} and will try again every {} ms: {}", file, INTERVAL_MS, e.toString());
                }
            }
        }
    }

    /** The copy of this number, 1 the newest. */
    static Path copy(final Path file, final int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /**
     * Rotates the file if it is there and too large. Returns whether it was.
     *
     * @throws IOException if it cannot be copied, as on a full disk: nothing is cut and no older copy is touched then.
     */
    static boolean rotate(final Path file, final long maxFileBytes, final int maxFiles) throws IOException {
        if (file.toFile().length() <= maxFileBytes) { // 0 if there is none
            return false;
        }
        final Path part = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            copy(from, part);
            for (int i = maxFiles - 1; i >= 1; i--) {
                if (Files.exists(copy(file, i))) {
                    Files.move(copy(file, i), copy(file, i + 1), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.move(part, copy(file, 1), StandardCopyOption.REPLACE_EXISTING);
            from.truncate(0);
            return true;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(final FileChannel from, final Path to) throws IOException {
        Files.deleteIfExists(to);
        Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            long position = 0;
            while (position < from.size()) { // as long as it grows
                position += from.transferTo(position, from.size() - position, out);
            }
        }
    }

    @Override
    public void close() {
        chore.close();
    }
}
