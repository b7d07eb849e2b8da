/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what an earlier process of this store has spilled, by the headers alone: it hops from one to the next, and reads ahead where objects are small, so that many
 * headers come with one system call. What is damaged is stepped over. One thread.
 */
final class SpillScanner {
    private static final Logger LOG = LoggerFactory.getLogger(SpillScanner.class);
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int FEW_BYTES = 4 << 10;
    private static final int SMALL_BYTES = 64 << 10;

    private final SpillFolders folders;
    private final Map<Integer, SpillFile> files = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bufferStart;
    private long damaged;
    private long records;

    SpillScanner(final SpillFolders folders) {
        this.folders = folders;
    }

    /** Reads all headers; {@code found} gets each object that is not marked deleted, file by file. */
    Map<Integer, SpillFile> scan(final Consumer<Spilled> found) {
        for (int directory = 0; directory < folders.count(); directory++) {
            final Path folder = folders.folder(directory);
            if (Files.isDirectory(folder)) {
                try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "spill-*.dat")) {
                    for (final Path path : all) {
                        scan(directory, path, found);
                    }
                } catch (final IOException e) {
                    LOG.warn("cannot read {}: what was spilled there is lost", folder, e);
                    damaged++;
                }
            }
        }
        return files;
    }

    /** Places at which a header was damaged, and files that could not be read. */
    long damaged() {
        return damaged;
    }

    /** Headers that were good. */
    long records() {
        return records;
    }

    private void scan(final int directory, final Path path, final Consumer<Spilled> found) {
        final int number = SpillFolders.fileNumber(path);
        if (number <= 0 || number > SpillDescriptor.MAX_FILE_NUMBER || files.containsKey(number)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            final SpillFile file = new SpillFile(number, directory, path);
            files.put(number, file);
            final long size = channel.size();
            file.length = Math.max(SpillDescriptor.RECORDS_OFFSET, size);
            scan(channel, size, file, found);
        } catch (final IOException e) {
            LOG.warn("cannot read {}: what was spilled there is lost", path, e);
            damaged++;
        }
    }

    private void scan(final FileChannel channel, final long size, final SpillFile file, final Consumer<Spilled> found)
            throws IOException {
        fill(channel, 0, FEW_BYTES);
        if (buffer.limit() < SpillDescriptor.RECORDS_OFFSET
                || !SpillDescriptor.isFileHeader(buffer, folders.incarnation(), file.number)) {
            LOG.warn("{}: the head of the file is damaged; looking for objects all the same", file.path);
            damaged++;
        }
        long at = SpillDescriptor.RECORDS_OFFSET;
        int wanted = BUFFER_BYTES;
        boolean lost = false;
        while (at + SpillDescriptor.HEADER_LENGTH <= size) {
            if (at < bufferStart || at + SpillDescriptor.HEADER_LENGTH > bufferStart + buffer.limit()) {
                fill(channel, at, lost ? BUFFER_BYTES : wanted);
                if (buffer.limit() < SpillDescriptor.HEADER_LENGTH) {
                    return;
                }
            }
            final int index = (int) (at - bufferStart);
            if (!SpillDescriptor.isHeader(
                    buffer, index, SpillDescriptor.place(file.number, at), folders.incarnation())) {
                if (!lost) {
                    lost = true;
                    damaged++;
                    LOG.warn("{}: no header at {}; looking for the next", file.path, at);
                }
                at += SpillDescriptor.ALIGNMENT;
                continue;
            }
            lost = false;
            final Spilled object = SpillDescriptor.getHeader(buffer, index);
            final long payload = object.payloadBytes();
            if (at + SpillDescriptor.HEADER_LENGTH + payload > size) {
                LOG.warn("{} ends at {}, inside {}", file.path, size, object);
                damaged++;
                return;
            }
            records++;
            if (!SpillDescriptor.isDead(buffer, index)) {
                file.live++;
                if ((object.flags & CellDescriptor.CONTAINER) != 0) {
                    object.contents = Contents.read(channel, at + SpillDescriptor.HEADER_LENGTH, object.dataBytes());
                }
                found.accept(object);
            }
            wanted = payload < SMALL_BYTES ? BUFFER_BYTES : FEW_BYTES;
            at += SpillDescriptor.recordLength(payload);
        }
    }

    /** Reads from there on; less at the end of the file. */
    private void fill(final FileChannel channel, final long at, final int length) throws IOException {
        buffer.clear().limit(length);
        bufferStart = at;
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                break;
            }
        }
        buffer.flip();
    }
}
