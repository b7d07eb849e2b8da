/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.objectstore.ObjectBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where a value's bytes are read from: an array, or shared memory. */
interface ValueReader {
    /** Length in bytes. */
    long length();

    /** Part of the bytes, little-endian, from position 0 of the buffer on. */
    ByteBuffer slice(long offset, int length);

    /** All of it, where it is at most {@link Integer#MAX_VALUE} bytes. */
    default ByteBuffer all() {
        if (length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a value of " + length() + " bytes does not fit a Java array; read it in place as an ObjectBuffer");
        }
        return slice(0, (int) length());
    }

    /** Reads an array. */
    static ValueReader of(final byte[] bytes) {
        return new ValueReader() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public ByteBuffer slice(final long offset, final int length) {
                return ByteBuffer.wrap(bytes, (int) offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
            }
        };
    }

    /** Reads an object in place; the caller keeps it open meanwhile. */
    static ValueReader of(final ObjectBuffer object) {
        return new ValueReader() {
            @Override
            public long length() {
                return object.length();
            }

            @Override
            public ByteBuffer slice(final long offset, final int length) {
                return object.byteBuffer(offset, length).order(ByteOrder.LITTLE_ENDIAN);
            }
        };
    }
}
