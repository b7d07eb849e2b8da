/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the files that workers write their standard output and error to from growing without end: one that has passed the limit is copied to {@code name.1} (the older copies move up, the oldest goes) and cut to nothing.
 *
 * <p>Copied and cut rather than read through a pipe, because the worker then writes to a file and to nothing else: no reader that is slow, stopped or dead can hold up a print in user code. The price is what a worker
 * writes in the microseconds between the end of the copy and the cut, and that a file may pass the limit by what is written in half a second. The files are open for appending, so that a worker goes on at the new end.
 *
 * <p>One thread, which waits for nothing but the disk.
 */
final class OutputRotation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputRotation.class);
    private static final long INTERVAL_MS = 500;

    private final Supplier<Collection<Path>> files;
    private final long maxFileBytes;
    private final int maxFiles;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "worker-output");

    /**
     * Begins.
     *
     * @param files those that are written to now; asked on this class's thread.
     * @param maxFileBytes size at which a file is rotated.
     * @param maxFiles copies that are kept of each.
     */
    OutputRotation(final Supplier<Collection<Path>> files, final long maxFileBytes, final int maxFiles) {
        this.files = files;
        this.maxFileBytes = maxFileBytes;
        this.maxFiles = maxFiles;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                files.get().forEach(file -> rotate(file, maxFileBytes, maxFiles));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The copy of this number, 1 the newest. */
    static Path copy(final Path file, final int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /** Rotates the file if it is too large. Returns whether it was. */
    static boolean rotate(final Path file, final long maxFileBytes, final int maxFiles) {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (from.size() <= maxFileBytes) {
                return false;
            }
            for (int i = maxFiles - 1; i >= 1; i--) {
                if (Files.exists(copy(file, i))) {
                    Files.move(copy(file, i), copy(file, i + 1), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            copyAndCut(from, copy(file, 1));
            return true;
        } catch (final IOException e) {
            LOG.warn("cannot rotate {}: {}", file, e.toString());
            return false;
        }
    }

    private static void copyAndCut(final FileChannel from, final Path to) throws IOException {
        Files.deleteIfExists(to);
        Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            long position = 0;
            while (position < from.size()) { // as long as it grows
                position += from.transferTo(position, from.size() - position, out);
            }
        }
        from.truncate(0);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
