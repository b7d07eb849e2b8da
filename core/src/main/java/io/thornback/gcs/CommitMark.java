/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A small file beside the tables that says up to which commit they were durable for certain. A file of tables that was cut off looks
 * like one whose last commit was cut off by a crash; with the mark one can be told from the other.
 *
 * <pre>
 * offset length  field
 *      0      8  magic
 *      8      8  commit
 *     16      8  CRC-32C of the sixteen bytes before
 * </pre>
 *
 * Big-endian; one write of the whole, after the commit's own sync. It is synced once, when it was opened and written: after a crash of
 * the host it may name an earlier commit, never one that the disk does not have.
 */
final class CommitMark implements AutoCloseable {
    private static final long MAGIC = 0x54424b434f4d4d31L;
    private static final int LENGTH = 24;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH);

    private CommitMark(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens the file to write it; makes it, mode 0600, if there is none. */
    static CommitMark open(Path path) throws IOException {
        return new CommitMark(FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    }

    /**
     * The commit that a file names; empty if there is no file, or it was made and never written.
     *
     * @throws ClusterStoreException if it is damaged
     */
    static OptionalLong read(Path path) throws IOException {
        final byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
        if (bytes.length == 0) {
            return OptionalLong.empty();
        }
        final ByteBuffer read = ByteBuffer.wrap(bytes);
        if (bytes.length != LENGTH || read.getLong(0) != MAGIC || read.getLong(16) != checksum(bytes)) {
            throw new ClusterStoreException(path
                    + " is damaged; if nothing else in its folder is, remove it: it only says how new the tables are");
        }
        return OptionalLong.of(read.getLong(8));
    }

    private static long checksum(byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 16);
        return crc.getValue();
    }

    /** Makes durable what was written: once, so that a crash of the host does not leave a file of zeros. */
    void sync() throws IOException {
        channel.force(true);
    }

    void write(long commit) throws IOException {
        buffer.clear();
        buffer.putLong(MAGIC).putLong(commit);
        buffer.putLong(checksum(buffer.array())).flip();
        channel.write(buffer, 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
