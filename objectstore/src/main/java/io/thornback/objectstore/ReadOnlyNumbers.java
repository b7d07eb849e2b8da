/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The numbers of a {@link ReadOnlyBuffer}. Every method reads through a private flyweight and ends with a reachability fence, so that
 * the pin cannot be given back between the load of the address and the load of the byte. Any thread.
 */
abstract class ReadOnlyNumbers implements DirectBuffer {
    final UnsafeBuffer buffer;

    ReadOnlyNumbers(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public long getLong(final int index, final ByteOrder order) {
        try {
            return buffer.getLong(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long getLong(final int index) {
        try {
            return buffer.getLong(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getInt(final int index, final ByteOrder order) {
        try {
            return buffer.getInt(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getInt(final int index) {
        try {
            return buffer.getInt(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public double getDouble(final int index, final ByteOrder order) {
        try {
            return buffer.getDouble(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public double getDouble(final int index) {
        try {
            return buffer.getDouble(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public float getFloat(final int index, final ByteOrder order) {
        try {
            return buffer.getFloat(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public float getFloat(final int index) {
        try {
            return buffer.getFloat(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public short getShort(final int index, final ByteOrder order) {
        try {
            return buffer.getShort(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public short getShort(final int index) {
        try {
            return buffer.getShort(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public char getChar(final int index, final ByteOrder order) {
        try {
            return buffer.getChar(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public char getChar(final int index) {
        try {
            return buffer.getChar(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public byte getByte(final int index) {
        try {
            return buffer.getByte(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int parseNaturalIntAscii(final int index, final int length) {
        try {
            return buffer.parseNaturalIntAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long parseNaturalLongAscii(final int index, final int length) {
        try {
            return buffer.parseNaturalLongAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int parseIntAscii(final int index, final int length) {
        try {
            return buffer.parseIntAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long parseLongAscii(final int index, final int length) {
        try {
            return buffer.parseLongAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
