/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a client of the torture was about to do, and what it was promised, in a file that survives it: each entry is in the page cache before the next step. One
 * file per client, any thread of it.
 */
final class TortureLog implements AutoCloseable {
    /** It may be sealed from now on. */
    static final int PUTTING = 1;
    /** Seal or put has returned: it is there for good. */
    static final int PUT = 2;
    /** Put has thrown, or it was given up: it is never there. */
    static final int NEVER = 3;
    /** It may be deleted from now on. */
    static final int DELETING = 4;
    /** Delete of an object that was known to be sealed has returned. */
    static final int DELETED = 5;
    /** Deleted without knowing whether it is sealed yet. */
    static final int DELETING_BLINDLY = 6;

    static final int ENTRY_BYTES = 16;

    private final FileChannel file;
    private final ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);

    TortureLog(final Path path) {
        try {
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void add(final int kind, final long number) {
        try {
            file.write(entry.clear().putLong(kind).putLong(number).flip());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    static void delete(final Path path) {
        try {
            Files.delete(path);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the entries of a log, one by one. */
    interface Reader {
        void entry(int kind, long number);
    }

    /** Reads what has come since a position; returns the next. */
    static long read(final Path path, final long position, final Reader reader) {
        try {
            final ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path));
            int at = (int) position;
            for (; at <= all.limit() - ENTRY_BYTES; at += ENTRY_BYTES) {
                reader.entry((int) all.getLong(at), all.getLong(at + Long.BYTES));
            }
            return at;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
