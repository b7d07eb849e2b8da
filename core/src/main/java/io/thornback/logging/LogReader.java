/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the last lines of a log, and then what is added, also while it is rotated: {@code x.log} becomes {@code x.log.1}, which was {@code
 * x.log.2} before … A file is known by its inode, so it is read to its end under whatever name it has by then. One thread; blocks on the disk only.
 */
public final class LogReader implements AutoCloseable {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int LONGEST_LINE_BYTES = 1 << 20;
    private static final int MOST_LOOKS = 100;

    private final Path file;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private Opened current;
    private long position;

    /** A file that is open, and its inode. */
    private record Opened(Object inode, FileChannel channel) {}

    /** A reader of a log that need not exist yet. */
    public LogReader(Path file) {
        this.file = file;
    }

    /**
     * Reads so many last lines, from rotated files too; call it first, and once. A line that is not ended yet is kept for {@link #more}.
     *
     * @param count 0 or more; 0: only what comes
     */
    public void last(int count, Consumer<String> sink) throws IOException {
        List<Opened> files = open();
        int first = 0;
        long offset = 0;
        int missing = count;
        for (int i = 0; i < files.size() && (i == 0 || missing > 0); i++) {
            Tail tail = Tail.of(files.get(i).channel(), missing);
            first = i;
            offset = tail.offset();
            missing -= tail.lines();
        }
        readFrom(files, first, offset, sink);
    }

    /** Reads what was added since. */
    public void more(Consumer<String> sink) throws IOException {
        if (current == null) {
            List<Opened> files = open();
            readFrom(files, files.size() - 1, 0, sink);
            return;
        }
        readOn(sink);
        if (current.inode().equals(inode(file))) {
            return;
        }
        List<Opened> files = open();
        int at = 0;
        while (at < files.size() && !files.get(at).inode().equals(current.inode())) {
            at++;
        }
        readOn(sink); // its last lines came before it was renamed
        if (at > 0) {
            readFrom(files, at - 1, 0, sink);
        } else {
            close(files);
        }
    }

    /** Gives out the line that was begun and not ended, if there is one. */
    public void finish(Consumer<String> sink) {
        if (begun.size() > 0) {
            sink.accept(begun.toString(StandardCharsets.UTF_8));
            begun.reset();
        }
    }

    /** Reads some files to their ends, the oldest first, and stays with the newest. */
    private void readFrom(List<Opened> files, int first, long offset, Consumer<String> sink) throws IOException {
        try {
            for (int i = first; i >= 0; i--) {
                if (current != null) {
                    finish(sink);
                    current.channel().close();
                }
                current = files.get(i);
                position = i == first ? offset : 0;
                readOn(sink);
            }
        } finally {
            files.remove(current);
            close(files);
        }
    }

    private void readOn(Consumer<String> sink) throws IOException {
        if (current.channel().size() < position) {
            position = 0; // somebody emptied it
        }
        while (true) {
            block.clear();
            int count = current.channel().read(block, position);
            if (count <= 0) {
                return;
            }
            position += count;
            for (int i = 0; i < count; i++) {
                byte next = block.get(i);
                if (next == '\n' || begun.size() == LONGEST_LINE_BYTES) {
                    sink.accept(begun.toString(StandardCharsets.UTF_8));
                    begun.reset();
                }
                if (next != '\n') {
                    begun.write(next);
                }
            }
        }
    }

    /** The log and what it was rotated into, the newest first: looked up until nothing was renamed between two looks. */
    private List<Opened> open() throws IOException {
        for (int look = 0; look < MOST_LOOKS; look++) {
            List<Opened> files = new ArrayList<>();
            boolean isSame = false;
            try {
                List<Object> before = new ArrayList<>();
                for (Path path : chain()) {
                    Object inode = inode(path);
                    before.add(inode);
                    files.add(new Opened(inode, FileChannel.open(path)));
                }
                List<Object> after = new ArrayList<>();
                for (Path path : chain()) {
                    after.add(inode(path));
                }
                isSame = before.equals(after) && !before.contains(null);
                if (isSame) {
                    return files;
                }
            } catch (NoSuchFileException e) {
                isSame = false; // renamed between the look and the opening: look again
            } finally {
                if (!isSame) {
                    close(files);
                }
            }
        }
        throw new IOException(file + " is renamed faster than it can be read");
    }

    private List<Path> chain() {
        List<Path> paths = new ArrayList<>();
        if (Files.exists(file)) {
            paths.add(file);
        }
        for (int number = 1; ; number++) {
            Path rotated = file.resolveSibling(file.getFileName() + "." + number);
            if (!Files.exists(rotated)) {
                return paths;
            }
            paths.add(rotated);
        }
    }

    /** Null if there is no such file. */
    private static Object inode(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void close(List<Opened> files) throws IOException {
        for (Opened opened : files) {
            opened.channel().close();
        }
    }

    @Override
    public void close() throws IOException {
        if (current != null) {
            current.channel().close();
        }
    }

    /**
     * Where the last lines of a file begin.
     *
     * @param offset of the first of them, in bytes
     * @param lines how many there are; fewer than asked for if the file has no more
     */
    private record Tail(long offset, int lines) {

        static Tail of(FileChannel channel, int count) throws IOException {
            long size = channel.size();
            if (count == 0 || size == 0) {
                return new Tail(size, 0);
            }
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            int lines = 0;
            for (long end = size; end > 0; ) {
                long from = Math.max(0, end - BLOCK_BYTES);
                block.clear().limit((int) (end - from));
                int read;
                do {
                    read = channel.read(block, from + block.position());
                } while (read > 0 && block.hasRemaining());
                for (int i = block.position() - 1; i >= 0; i--) {
                    if (block.get(i) == '\n' && from + i < size - 1 && ++lines == count) {
                        return new Tail(from + i + 1, count);
                    }
                }
                end = from;
            }
            return new Tail(0, lines + 1);
        }
    }
}
