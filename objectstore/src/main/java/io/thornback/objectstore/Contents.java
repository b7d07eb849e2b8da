/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;
import org.agrona.UnsafeApi;

/**
 * The references that an object contains, at the end of its own data: from the next multiple of 8 behind what its maker wrote, the ids of 28 bytes each, one behind the other, and in
 * the last 4 bytes their number, little-endian. An object that has them bears the flag {@link CellDescriptor#CONTAINER}. So they go wherever the object goes, to disk too.
 * Stateless.
 */
final class Contents {
    /** Most references of one object. */
    static final int MAX_IDS = 1 << 20;

    private static final ObjectId[] NONE = new ObjectId[0];
    private static final int COUNT_BYTES = 4;

    private Contents() {}

    /** Length of the data with the ids behind it; without ids, as it is. */
    static long lengthWith(final long dataBytes, final int count) {
        return count == 0 ? dataBytes : align(dataBytes) + (long) count * ObjectId.LENGTH_BYTES + COUNT_BYTES;
    }

    /** Writes the ids behind the data that is, or will be, at this address. */
    static void write(final long address, final long dataBytes, final List<ObjectId> ids) {
        if (!ids.isEmpty()) {
            long at = address + align(dataBytes);
            for (final ObjectId id : ids) {
                id.putIntoAddress(at);
                at += ObjectId.LENGTH_BYTES;
            }
            UnsafeApi.putIntUnaligned(null, at, ids.size(), false);
        }
    }

    /** Reads the ids of an object in memory; none if its end cannot be right. */
    static ObjectId[] read(final PayloadMemory memory, final long cellAddress) {
        final long offset = CellDescriptor.offsetPlain(cellAddress);
        final long length = CellDescriptor.lengthPlain(cellAddress);
        if (length < COUNT_BYTES) {
            return NONE;
        }
        final int count = number(memory.at(offset + length - COUNT_BYTES, COUNT_BYTES));
        return isPossible(count, length) ? ids(memory.at(offset + start(length, count), bytes(count)), count) : NONE;
    }

    /** Reads the ids of an object whose data begins there in a file; none if its end cannot be right. */
    static ObjectId[] read(final FileChannel channel, final long offset, final long length) throws IOException {
        if (length < COUNT_BYTES) {
            return NONE;
        }
        final int count = number(fill(channel, offset + length - COUNT_BYTES, COUNT_BYTES));
        return isPossible(count, length)
                ? ids(fill(channel, offset + start(length, count), bytes(count)), count)
                : NONE;
    }

    private static ByteBuffer fill(final FileChannel channel, final long at, final int length) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
            // until all is there, or the file ends: then the rest is zero
        }
        return buffer.clear();
    }

    private static int number(final ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    }

    private static ObjectId[] ids(final ByteBuffer buffer, final int count) {
        final byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        final ObjectId[] ids = new ObjectId[count];
        for (int i = 0; i < count; i++) {
            ids[i] = ObjectId.of(bytes, i * ObjectId.LENGTH_BYTES);
        }
        return ids;
    }

    private static boolean isPossible(final int count, final long length) {
        return count > 0 && count <= MAX_IDS && start(length, count) >= 0;
    }

    private static long start(final long length, final int count) {
        return length - COUNT_BYTES - (long) count * ObjectId.LENGTH_BYTES;
    }

    private static int bytes(final int count) {
        return count * ObjectId.LENGTH_BYTES;
    }

    private static long align(final long bytes) {
        return (bytes + 7) & -8;
    }
}
