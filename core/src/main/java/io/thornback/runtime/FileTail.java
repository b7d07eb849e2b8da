/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * Follows a file that a worker appends to, and that is copied to {@code name.1} and cut when it is large. Gives whole lines, so many bytes at a time; who falls far behind skips to the end. One thread.
 */
final class FileTail {
    private static final int READ_BYTES = 64 << 10;
    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final long MAX_BEHIND_BYTES = 4L << 20;

    private final Path file;
    private long offset;
    /** The rest of what it was cut from is in the copy. */
    private boolean rotated;

    private byte[] rest = new byte[0];

    FileTail(final Path file) {
        this.file = file;
    }

    /** Hands on what has come; returns the number of bytes read, 0 if there is nothing more now. */
    int poll(final Consumer<String> lines) {
        try {
            final long size = Files.size(file);
            rotated |= size < offset;
            if (rotated) { // until the copy is read to its end, however long the file has become meanwhile
                final int read = read(file.resolveSibling(file.getFileName() + ".1"), lines);
                if (read > 0) {
                    return read;
                }
                offset = 0;
                rotated = false;
            }
            if (size - offset > MAX_BEHIND_BYTES) {
                final long skipped = size - offset - READ_BYTES;
                offset += skipped;
                rest = new byte[0];
                lines.accept("(" + skipped + " bytes left out; " + file + " has them)");
            }
            return size > offset ? read(file, lines) : 0;
        } catch (final IOException e) {
            return 0; // The file is not there yet, or not any more.
        }
    }

    private int read(final Path from, final Consumer<String> lines) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(rest.length + READ_BYTES);
        buffer.put(rest);
        final int read;
        try (FileChannel channel = FileChannel.open(from, StandardOpenOption.READ)) {
            read = channel.read(buffer, offset);
        }
        if (read <= 0) {
            return 0;
        }
        offset += read;
        split(buffer.array(), buffer.position(), lines);
        return read;
    }

    private void split(final byte[] bytes, final int length, final Consumer<String> lines) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n' || i - from >= MAX_LINE_BYTES) {
                lines.accept(new String(bytes, from, i - from, StandardCharsets.UTF_8));
                from = bytes[i] == '\n' ? i + 1 : i;
            }
        }
        rest = java.util.Arrays.copyOfRange(bytes, from, length);
    }

    /** Hands on a last line that has no end. */
    void flush(final Consumer<String> lines) {
        if (rest.length > 0) {
            lines.accept(new String(rest, StandardCharsets.UTF_8));
            rest = new byte[0];
        }
    }
}
