/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.BufferObject;

/**
 * An object graph whose large parts are not among its bytes. Little-endian; each part at a multiple of 8, so that it can be read in place:
 *
 * <pre>
 * offset            length   field
 *      0                 4   length of the graph, g
 *      4                 4   number of parts, n
 *      8             8 × n   length of each part
 *  8+8n                  g   the graph, as Fory wrote it
 *  …                     …   the parts
 * </pre>
 *
 * At most 2 GiB together, as a ByteBuffer is read; a single array that is longer is a value of its own and has a format of its own.
 */
final class OutOfBand {
    private static final int FIXED_BYTES = 8;

    private final byte[] graph;
    private final List<BufferObject> parts;
    private final long length;

    OutOfBand(final byte[] graph, final List<BufferObject> parts) {
        this.graph = graph;
        this.parts = parts;
        long end = FIXED_BYTES + (long) Long.BYTES * parts.size() + graph.length;
        for (final BufferObject part : parts) {
            end = aligned(end) + part.totalBytes();
        }
        if (end > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a value with arrays of " + end + " bytes together, limit="
                    + Integer.MAX_VALUE + "; put its large arrays as objects of their own");
        }
        this.length = end;
    }

    private static long aligned(final long offset) {
        return (offset + 7) & -8;
    }

    long length() {
        return length;
    }

    /** Copies everything, each part once, into a buffer of {@link #length()} bytes. */
    void writeTo(final ByteBuffer out) {
        final ByteBuffer target = out.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        final int start = target.position();
        target.putInt(graph.length).putInt(parts.size());
        for (final BufferObject part : parts) {
            target.putLong(part.totalBytes());
        }
        target.put(graph);
        long next = (long) target.position() - start;
        for (final BufferObject part : parts) {
            next = aligned(next);
            part.writeTo(MemoryBuffer.fromByteBuffer(target.slice(start + (int) next, part.totalBytes())));
            next += part.totalBytes();
        }
    }

    /** The graph's bytes, in place. */
    static ByteBuffer graphOf(final ByteBuffer all) {
        final ByteBuffer in = all.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        final int count = partsOf(in);
        return in.slice(FIXED_BYTES + Long.BYTES * count, graphLength(in, count));
    }

    /** The parts, in place. */
    static List<MemoryBuffer> split(final ByteBuffer all) {
        final ByteBuffer in = all.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        final int count = partsOf(in);
        long next = FIXED_BYTES + (long) Long.BYTES * count + graphLength(in, count);
        final List<MemoryBuffer> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final long partLength = in.getLong(FIXED_BYTES + Long.BYTES * i);
            next = aligned(next);
            if (partLength < 0 || next + partLength > in.limit()) {
                throw new IllegalArgumentException("part " + i + " of length=" + partLength + " at " + next
                        + " is not inside a value of length=" + in.limit());
            }
            parts.add(MemoryBuffer.fromByteBuffer(in.slice((int) next, (int) partLength)));
            next += partLength;
        }
        return parts;
    }

    private static int partsOf(final ByteBuffer in) {
        final int count = in.getInt(4);
        if (count < 0 || FIXED_BYTES + (long) Long.BYTES * count > in.limit()) {
            throw new IllegalArgumentException(
                    "a value of length=" + in.limit() + " cannot have parts=" + count + " of its own");
        }
        return count;
    }

    private static int graphLength(final ByteBuffer in, final int count) {
        final int graphLength = in.getInt(0);
        if (graphLength < 0 || FIXED_BYTES + (long) Long.BYTES * count + graphLength > in.limit()) {
            throw new IllegalArgumentException(
                    "a graph of length=" + graphLength + " is not inside a value of length=" + in.limit());
        }
        return graphLength;
    }
}
