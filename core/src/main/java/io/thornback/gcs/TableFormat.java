/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * How rows and the head of {@link MvClusterStore}'s file are laid out. All numbers big-endian.
 *
 * <pre>
 *   row    the row's bytes, then CRC-32C of: the table's name, a zero, the key (UTF-8), the row's bytes
 *   head   format (4), cluster (UTF), epoch (8), commit (8), digest (8), then CRC-32C of these
 * </pre>
 *
 * <p>The digest is the sum of all rows' weights, each its CRC-32C spread over 64 bits: of a row that is missing, is there twice, or
 * is that of an earlier commit, the sum tells.
 */
final class TableFormat {
    static final int FORMAT = 1;

    /** Odd, its ones evenly spread: 2^64 over the golden ratio. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /** What the file says of itself. */
    record Head(int format, String clusterId, long epoch, long commit, long digest) {}

    private TableFormat() {}

    static byte[] seal(Table table, String key, byte[] row) {
        return append(row, rowChecksum(table, key, row, row.length));
    }

    /** The row's bytes, if they are what was stored as this row. */
    static byte[] unseal(Table table, String key, byte[] stored) {
        final int length = stored.length - Integer.BYTES;
        if (length < 0 || checksumIn(stored) != rowChecksum(table, key, stored, length)) {
            throw new IllegalStateException("row " + key + " of table " + table + " is not what was written");
        }
        return Arrays.copyOf(stored, length);
    }

    /** What a stored row adds to the digest. */
    static long weight(byte[] stored) {
        final long spread = (checksumIn(stored) + 1L) * SPREAD;
        return (spread ^ (spread >>> 32)) * SPREAD;
    }

    static byte[] head(Head head) {
        try {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            final DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(head.format());
            out.writeUTF(head.clusterId());
            out.writeLong(head.epoch());
            out.writeLong(head.commit());
            out.writeLong(head.digest());
            return append(bytes.toByteArray(), checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws {@link IllegalStateException} if it is not what was written. */
    static Head head(byte[] bytes) {
        final int length = bytes.length - Integer.BYTES;
        if (length < Integer.BYTES || checksumIn(bytes) != checksum(bytes, length)) {
            throw new IllegalStateException("the head is not what was written");
        }
        try {
            final DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            final int format = in.readInt();
            // What follows is this format's.
            return format == FORMAT
                    ? new Head(format, in.readUTF(), in.readLong(), in.readLong(), in.readLong())
                    : new Head(format, "", 0, 0, 0);
        } catch (IOException e) {
            throw new IllegalStateException("the head ends too early", e);
        }
    }

    private static int rowChecksum(Table table, String key, byte[] row, int length) {
        final CRC32C crc = new CRC32C();
        crc.update(table.name().getBytes(StandardCharsets.UTF_8));
        crc.update(0);
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        crc.update(row, 0, length);
        return (int) crc.getValue();
    }

    private static int checksum(byte[] bytes, int length) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static byte[] append(byte[] bytes, int checksum) {
        return ByteBuffer.allocate(bytes.length + Integer.BYTES)
                .put(bytes)
                .putInt(checksum)
                .array();
    }

    private static int checksumIn(byte[] stored) {
        return ByteBuffer.wrap(stored).getInt(stored.length - Integer.BYTES);
    }
}
