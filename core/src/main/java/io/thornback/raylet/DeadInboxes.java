/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.posix.PosixException;
import io.thornback.transport.TransportException;
import io.thornback.transport.ipc.Inbox;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the inboxes of workers and drivers that are dead and that nobody has known: those killed after they had made their inbox and before the store, which removes its clients' inboxes, or the raylet had heard of
 * them. Roles' inboxes are none of its business: their successors read them out.
 *
 * <p>One thread, which looks every few seconds and waits for nothing but the file system.
 */
final class DeadInboxes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadInboxes.class);
    private static final long INTERVAL_MS = 5_000;

    /** Under its name, or not yet: {@code .worker-7.4711-1.tmp}. */
    private static final Pattern FILE = Pattern.compile(
            "(worker-\\d+|driver-\\d+-\\d+)\\.inbox|\\.(worker-\\d+|driver-\\d+-\\d+)\\.\\d+-\\d+\\.tmp");

    private final Chore chore;

    /** Begins with {@link #start}. */
    DeadInboxes(final Path shmDir) {
        chore = new Chore("dead-inboxes", INTERVAL_MS, () -> sweep(shmDir));
    }

    void start() {
        chore.start();
    }

    /** Looks once. Returns how many were removed. */
    static int sweep(final Path shmDir) {
        int removed = 0;
        for (final String name : names(shmDir.resolve("inbox"))) {
            try {
                removed += Inbox.removeDead(shmDir, name) ? 1 : 0;
            } catch (final TransportException | PosixException e) {
                LOG.warn("cannot look after inbox {}: {}", name, e.toString());
            }
        }
        return removed;
    }

    private static Set<String> names(final Path folder) {
        final Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (final Path file : files) {
                final Matcher matcher = FILE.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    names.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
                }
            }
        } catch (final IOException e) {
            LOG.warn("cannot list {}: {}", folder, e.toString());
        }
        return names;
    }

    @Override
    public void close() {
        chore.close();
    }
}
