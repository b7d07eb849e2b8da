/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A part of an object as an Agrona buffer that cannot be written and cannot be made to point elsewhere. It keeps the
 * {@link ObjectBuffer} it came from reachable, and with it the pin: the bytes do not change while this is in use.
 * Any thread.
 */
final class ReadOnlyBuffer extends ReadOnlyNumbers {
    private final ObjectBuffer owner;
    private final long offset;

    ReadOnlyBuffer(final ObjectBuffer owner, final long offset, final long address, final int length) {
        super(new UnsafeBuffer(address, length));
        this.owner = owner;
        this.offset = offset;
    }

    /** The bytes as a read-only ByteBuffer, which keeps the pin too: so does what wraps this buffer through it. */
    @Override
    public ByteBuffer byteBuffer() {
        return owner.keptByteBuffer(offset, buffer.capacity());
    }

    /** None: the bytes are outside the heap. */
    @Override
    public byte[] byteArray() {
        return buffer.byteArray();
    }

    @Override
    public long addressOffset() {
        return buffer.addressOffset();
    }

    @Override
    public int wrapAdjustment() {
        return 0;
    }

    @Override
    public int capacity() {
        return buffer.capacity();
    }

    @Override
    public void checkLimit(final int limit) {
        buffer.checkLimit(limit);
    }

    @Override
    public void boundsCheck(final int index, final int length) {
        buffer.boundsCheck(index, length);
    }

    @Override
    public void wrap(final byte[] array) {
        throw readOnly();
    }

    @Override
    public void wrap(final byte[] array, final int from, final int length) {
        throw readOnly();
    }

    @Override
    public void wrap(final ByteBuffer source) {
        throw readOnly();
    }

    @Override
    public void wrap(final ByteBuffer source, final int from, final int length) {
        throw readOnly();
    }

    @Override
    public void wrap(final DirectBuffer source) {
        throw readOnly();
    }

    @Override
    public void wrap(final DirectBuffer source, final int from, final int length) {
        throw readOnly();
    }

    @Override
    public void wrap(final long address, final int length) {
        throw readOnly();
    }

    @Override
    public void getBytes(final int index, final byte[] target) {
        try {
            buffer.getBytes(index, target);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void getBytes(final int index, final byte[] target, final int at, final int length) {
        try {
            buffer.getBytes(index, target, at, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void getBytes(final int index, final MutableDirectBuffer target, final int at, final int length) {
        try {
            buffer.getBytes(index, target, at, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void getBytes(final int index, final ByteBuffer target, final int length) {
        try {
            buffer.getBytes(index, target, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void getBytes(final int index, final ByteBuffer target, final int at, final int length) {
        try {
            buffer.getBytes(index, target, at, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringAscii(final int index) {
        try {
            return buffer.getStringAscii(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getStringAscii(final int index, final Appendable target) {
        try {
            return buffer.getStringAscii(index, target);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringAscii(final int index, final ByteOrder order) {
        try {
            return buffer.getStringAscii(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getStringAscii(final int index, final Appendable target, final ByteOrder order) {
        try {
            return buffer.getStringAscii(index, target, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringAscii(final int index, final int length) {
        try {
            return buffer.getStringAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getStringAscii(final int index, final int length, final Appendable target) {
        try {
            return buffer.getStringAscii(index, length, target);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringWithoutLengthAscii(final int index, final int length) {
        try {
            return buffer.getStringWithoutLengthAscii(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getStringWithoutLengthAscii(final int index, final int length, final Appendable target) {
        try {
            return buffer.getStringWithoutLengthAscii(index, length, target);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringUtf8(final int index) {
        try {
            return buffer.getStringUtf8(index);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringUtf8(final int index, final ByteOrder order) {
        try {
            return buffer.getStringUtf8(index, order);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringUtf8(final int index, final int length) {
        try {
            return buffer.getStringUtf8(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String getStringWithoutLengthUtf8(final int index, final int length) {
        try {
            return buffer.getStringWithoutLengthUtf8(index, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int compareTo(final DirectBuffer other) {
        try {
            return buffer.compareTo(other);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Equal to another view of equal bytes. */
    @Override
    public boolean equals(final Object other) {
        try {
            return other instanceof ReadOnlyBuffer that && buffer.equals(that.buffer);
        } finally {
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(other);
        }
    }

    @Override
    public int hashCode() {
        try {
            return buffer.hashCode();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "ReadOnlyBuffer[" + owner + ", offset=" + offset + ", capacity=" + buffer.capacity() + "]";
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("a slice of an object is read-only and stays where it is");
    }
}
