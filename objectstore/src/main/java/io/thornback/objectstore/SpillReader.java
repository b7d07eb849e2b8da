/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Reads objects back from spill files, and believes only checksums. One thread. */
final class SpillReader {
    private final PayloadMemory memory;
    private final long incarnation;
    private final ByteBuffer header =
            ByteBuffer.allocateDirect(SpillDescriptor.HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    SpillReader(final PayloadMemory memory, final long incarnation) {
        this.memory = memory;
        this.incarnation = incarnation;
    }

    /**
     * Reads an object into the arena.
     *
     * @return null if it is there, bit for bit; otherwise what is wrong with it
     * @throws IOException if the disk fails, or there is no such file
     */
    String read(final Path path, final Spilled object, final long offset) throws IOException {
        final long start = SpillDescriptor.offset(object.place);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            header.clear();
            if (!readFully(channel, header, start)) {
                return path + " ends at " + channel.size() + ", before the header at " + start;
            }
            if (!SpillDescriptor.isHeader(header, 0, object.place, incarnation)) {
                return path + ": the header at " + start + " is damaged";
            }
            final Spilled found = SpillDescriptor.getHeader(header, 0);
            if (!found.id.equals(object.id) || found.length != object.length) {
                return path + ": at " + start + " there is " + found;
            }
            if (SpillDescriptor.isDead(header, 0)) {
                return path + ": the object at " + start + " was deleted";
            }
            if (!readPayload(channel, start + SpillDescriptor.HEADER_LENGTH, found.payloadBytes(), offset)) {
                return path + " ends at " + channel.size() + ", inside the object at " + start;
            }
            if ((int) crc.getValue() != found.payloadCrc) {
                return path + ": the object at " + start + " is damaged: crc32c expected="
                        + Integer.toHexString(found.payloadCrc) + " found="
                        + Integer.toHexString((int) crc.getValue());
            }
        }
        return null;
    }

    private boolean readPayload(final FileChannel channel, final long position, final long payload, final long offset)
            throws IOException {
        crc.reset();
        long at = 0;
        while (at < payload) {
            final ByteBuffer window = memory.at(offset + at, (int) Math.min(PayloadMemory.WINDOW, payload - at));
            for (int from = 0; from < window.capacity(); from += PayloadMemory.PIECE) {
                final int to = Math.min(window.capacity(), from + PayloadMemory.PIECE);
                window.limit(to).position(from);
                if (!readFully(channel, window, position + at + from)) {
                    return false;
                }
                window.position(from);
                crc.update(window);
            }
            at += window.capacity();
        }
        return true;
    }

    private static boolean readFully(final FileChannel channel, final ByteBuffer buffer, final long at)
            throws IOException {
        long position = at;
        while (buffer.hasRemaining()) {
            final int read = channel.read(buffer, position);
            if (read < 0) {
                return false;
            }
            position += read;
        }
        return true;
    }
}
