/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.objectstore.WritableObject;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;

/** A value on its way out: its format, its length in bytes, and the bytes or the array that they are copied from. Not thread-safe. */
public final class Payload {
    /** The most that is copied in one step, in bytes; a multiple of 8. */
    private static final int STEP_BYTES = 1 << 28;

    private final int format;
    private final Buffer source;
    private final int elementBytes;
    private final List<Contained> references;

    private final OutOfBand graph;

    private Payload(final int format, final Buffer source, final int elementBytes, final List<Contained> references) {
        this.format = format;
        this.source = source;
        this.elementBytes = elementBytes;
        this.references = references;
        this.graph = null;
    }

    private Payload(final OutOfBand graph, final List<Contained> references) {
        this.format = Format.GRAPH;
        this.source = null;
        this.elementBytes = 1;
        this.references = references;
        this.graph = graph;
    }

    static Payload ofGraph(final OutOfBand graph, final List<Contained> references) {
        return new Payload(graph, references);
    }

    /** Bytes that are encoded already. */
    public static Payload ofEncoded(final int format, final byte[] bytes) {
        return new Payload(format, ByteBuffer.wrap(bytes), 1, List.of());
    }

    static Payload ofBytes(final int format, final ByteBuffer bytes) {
        return new Payload(format, bytes, 1, List.of());
    }

    static Payload ofBytes(final int format, final ByteBuffer bytes, final List<Contained> references) {
        return new Payload(format, bytes, 1, references);
    }

    static Payload ofArray(final int format, final Buffer elements, final int elementBytes) {
        return new Payload(format, elements, elementBytes, List.of());
    }

    /** One of {@link Format}. */
    public int format() {
        return format;
    }

    /** The references to objects that are in the value. Whoever passes the bytes on keeps them reachable until the receiver holds the objects. */
    public List<Contained> references() {
        return references;
    }

    /** Length in bytes. */
    public long length() {
        return graph != null ? graph.length() : (long) source.remaining() * elementBytes;
    }

    /** The bytes as an array. Only for what fits one. */
    public byte[] toByteArray() {
        final byte[] bytes = new byte[Math.toIntExact(length())];
        if (graph != null) {
            graph.writeTo(ByteBuffer.wrap(bytes));
        } else {
            copy(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, source.remaining());
        }
        return bytes;
    }

    /** Copies the bytes, once, to the start of an object of at least {@link #length()} bytes. */
    public void writeTo(final WritableObject target) {
        if (graph != null) {
            graph.writeTo(target.byteBuffer(0, (int) graph.length()));
            return;
        }
        final int stepElements = STEP_BYTES / elementBytes;
        final int elements = source.remaining();
        for (int done = 0; done < elements; ) {
            final int step = Math.min(stepElements, elements - done);
            final ByteBuffer part = target.byteBuffer((long) done * elementBytes, step * elementBytes);
            copy(part.order(ByteOrder.LITTLE_ENDIAN), done, step);
            done += step;
        }
    }

    private void copy(final ByteBuffer target, final int from, final int elements) {
        final int start = source.position() + from;
        if (source instanceof ByteBuffer bytes) {
            target.put(bytes.slice(start, elements));
        } else if (source instanceof DoubleBuffer doubles) {
            target.asDoubleBuffer().put(doubles.slice(start, elements));
        } else if (source instanceof LongBuffer longs) {
            target.asLongBuffer().put(longs.slice(start, elements));
        } else if (source instanceof IntBuffer ints) {
            target.asIntBuffer().put(ints.slice(start, elements));
        } else if (source instanceof FloatBuffer floats) {
            target.asFloatBuffer().put(floats.slice(start, elements));
        } else {
            throw new IllegalStateException("no copy for " + source.getClass().getName());
        }
    }
}
