/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files that workers which ended long ago have logged and printed to: those of the last ones are kept, in the order of their end, for whoever is told of a death is told the name of the file too. Without
 * that a node whose workers come and go, as idle ones and those of special environments do, would have two files more for each of them until it stops.
 *
 * <p>Threads that notice the end of workers. Waits for nothing but the file system.
 */
final class EndedLogs {
    private static final Logger LOG = LoggerFactory.getLogger(EndedLogs.class);

    private final Path folder;
    private final int kept;
    /** Names of those whose files are there, the earliest first. */
    private final ArrayDeque<String> ended = new ArrayDeque<>();

    /**
     * @param folder of the logs.
     * @param kept how many ended workers' files stay.
     */
    EndedLogs(final Path folder, final int kept) {
        this.folder = folder;
        this.kept = kept;
    }

    /** A worker of this name has ended, and writes no more. */
    synchronized void ended(final String worker) {
        ended.addLast(worker);
        while (ended.size() > kept) {
            delete(ended.pollFirst());
        }
    }

    /** Rotated ones too. */
    private void delete(final String worker) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, worker + ".{log,out,hs_err}*")) {
            for (final Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            LOG.warn("cannot delete the logs of {}, which has ended: {}", worker, e.toString());
        }
    }
}
