/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static io.thornback.quickstart.PackDescriptor.COUNT_OFFSET;
import static io.thornback.quickstart.PackDescriptor.DIRECTORY_ENTRY_BYTES;
import static io.thornback.quickstart.PackDescriptor.DIRECTORY_OFFSET;
import static io.thornback.quickstart.PackDescriptor.LENGTH_OFFSET;
import static io.thornback.quickstart.PackDescriptor.MAGIC_OFFSET;
import static io.thornback.quickstart.PackDescriptor.VERSION_OFFSET;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Reads a pack in place; see {@link PackDescriptor}. Immutable; valid as long as its buffer is. */
final class PackReader {
    private final DirectBuffer buffer;
    private final int count;
    private final int length;

    /**
     * Checks the header.
     *
     * @throws IllegalArgumentException if this is no pack, one of another version, or longer than its buffer
     */
    PackReader(DirectBuffer buffer) {
        this.buffer = buffer;
        if (buffer.capacity() < DIRECTORY_OFFSET || i32(MAGIC_OFFSET) != PackDescriptor.MAGIC) {
            throw new IllegalArgumentException("not a pack: length=" + buffer.capacity());
        }
        if (i32(VERSION_OFFSET) != PackDescriptor.VERSION) {
            throw new IllegalArgumentException(
                    "pack of version " + i32(VERSION_OFFSET) + ", this reader knows " + PackDescriptor.VERSION);
        }
        count = i32(COUNT_OFFSET);
        length = i32(LENGTH_OFFSET);
        if (count < 0 || length > buffer.capacity() || PackDescriptor.directoryEnd(count) > length) {
            throw new IllegalArgumentException(
                    "damaged pack: count=" + count + ", length=" + length + ", capacity=" + buffer.capacity());
        }
    }

    int count() {
        return count;
    }

    /** The pack's length in bytes, directory included. */
    int length() {
        return length;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Where file {@code index} begins in the buffer.
     *
     * @throws IllegalArgumentException if the file would not lie inside the pack
     */
    int offset(int index) {
        check(index);
        return i32(entry(index));
    }

    /**
     * Length of file {@code index} in bytes.
     *
     * @throws IllegalArgumentException if the file would not lie inside the pack
     */
    int size(int index) {
        check(index);
        return i32(entry(index) + Integer.BYTES);
    }

    private void check(int index) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("no such file in the pack: index=" + index + ", count=" + count);
        }
        int offset = i32(entry(index));
        int size = i32(entry(index) + Integer.BYTES);
        if (size < 0 || offset < PackDescriptor.directoryEnd(count) || size > length - offset) {
            throw new IllegalArgumentException("damaged pack: file=" + index + " of " + count + ", offset=" + offset
                    + ", size=" + size + ", length=" + length);
        }
    }

    private static int entry(int index) {
        return DIRECTORY_OFFSET + index * DIRECTORY_ENTRY_BYTES;
    }

    private int i32(int offset) {
        return buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN);
    }
}
