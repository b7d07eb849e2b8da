/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.ids;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One life of a node: a node that restarts joins under a new id. 28 bytes, random.
 *
 * @param a bytes 0–7.
 * @param b bytes 8–15.
 * @param c bytes 16–23.
 * @param d bytes 24–27.
 */
public record NodeId(long a, long b, long c, int d) {
    /** Length in bytes. */
    public static final int LENGTH = 28;

    /** A new node. */
    public static NodeId create() {
        return new NodeId(Ids.randomLong(), Ids.randomLong(), Ids.randomLong(), (int) Ids.randomLong());
    }

    /** Reads {@link #LENGTH} bytes. */
    public static NodeId read(final DirectBuffer buffer, final int offset) {
        return new NodeId(
                Ids.getLong(buffer, offset),
                Ids.getLong(buffer, offset + 8),
                Ids.getLong(buffer, offset + 16),
                buffer.getInt(offset + 24, java.nio.ByteOrder.LITTLE_ENDIAN));
    }

    /** Writes {@link #LENGTH} bytes. */
    public void write(final MutableDirectBuffer buffer, final int offset) {
        Ids.putLong(buffer, offset, a);
        Ids.putLong(buffer, offset + 8, b);
        Ids.putLong(buffer, offset + 16, c);
        buffer.putInt(offset + 24, d, java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String toString() {
        return Ids.hex(LENGTH, a, b, c, d & 0xFFFF_FFFFL);
    }
}
