/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.objectstore.ObjectBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads values. Thread-safe. */
public final class ValueCodec {
    private final GraphCodec graphs;

    /**
     * @param loader finds the classes of values.
     * @param handles how references inside values are written.
     * @param filter which classes values may have.
     */
    public ValueCodec(final ClassLoader loader, final List<Handle<?>> handles, final ClassFilter filter) {
        this.graphs = new GraphCodec(loader, handles, filter);
    }

    /**
     * @param value any, or null. Arrays are not copied: they must not change before the payload is written.
     * @throws io.thornback.ThornbackException {@code NOT_SERIALIZABLE}, naming the class.
     */
    public Payload encode(final Object value) {
        if (value == null) {
            return bytes(Format.NULL, new byte[0]);
        } else if (value instanceof byte[] array) {
            return bytes(Format.BYTES, array);
        } else if (value instanceof String text) {
            return bytes(Format.STRING, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof Integer number) {
            return small(Format.INT, little(4).putInt(number));
        } else if (value instanceof Long number) {
            return small(Format.LONG, little(8).putLong(number));
        } else if (value instanceof Double number) {
            return small(Format.DOUBLE, little(8).putDouble(number));
        } else if (value instanceof Boolean flag) {
            return small(Format.BOOLEAN, little(1).put((byte) (flag ? 1 : 0)));
        } else if (value instanceof int[] array) {
            return Payload.ofArray(Format.INTS, IntBuffer.wrap(array), Integer.BYTES);
        } else if (value instanceof long[] array) {
            return Payload.ofArray(Format.LONGS, LongBuffer.wrap(array), Long.BYTES);
        } else if (value instanceof float[] array) {
            return Payload.ofArray(Format.FLOATS, FloatBuffer.wrap(array), Float.BYTES);
        } else if (value instanceof double[] array) {
            return Payload.ofArray(Format.DOUBLES, DoubleBuffer.wrap(array), Double.BYTES);
        }
        return graphs.encode(value);
    }

    /** What a task threw, as bytes that always can be read. */
    public Payload encodeError(final Throwable error) {
        final List<Contained> references = new ArrayList<>();
        final byte[] written = RemoteError.write(error, graphs, references);
        return Payload.ofBytes(Format.ERROR, ByteBuffer.wrap(written), references);
    }

    /** Reads what {@link #encodeError} wrote. */
    public RemoteError decodeError(final byte[] bytes) {
        return RemoteError.read(bytes, graphs);
    }

    /** Reads a value from bytes that came in a message. */
    public Object decode(final int format, final byte[] bytes) {
        return decode(format, ValueReader.of(bytes));
    }

    /**
     * Reads a stored value.
     *
     * @param object closed here, unless it is the value itself.
     * @param wanted what the receiver declares: {@link ObjectBuffer} for a view of whatever is there, {@code byte[]} for a copy of written
     *     bytes; anything else as the format says.
     */
    public Object decode(final ObjectBuffer object, final Class<?> wanted) {
        final int format = object.format();
        if (wanted == ObjectBuffer.class || (format == Format.BUFFER && wanted != byte[].class)) {
            return object;
        }
        try (object) {
            return decode(format == Format.BUFFER ? Format.BYTES : format, ValueReader.of(object));
        }
    }

    private Object decode(final int format, final ValueReader in) {
        return switch (format) {
            case Format.NULL -> null;
            case Format.BYTES -> copyOf(in.all());
            case Format.STRING -> StandardCharsets.UTF_8.decode(in.all()).toString();
            case Format.INT -> in.all().getInt();
            case Format.LONG -> in.all().getLong();
            case Format.DOUBLE -> in.all().getDouble();
            case Format.BOOLEAN -> in.all().get() != 0;
            case Format.INTS, Format.LONGS, Format.FLOATS, Format.DOUBLES -> PrimitiveArrays.read(format, in);
            case Format.FORY -> graphs.readGraph(in.all());
            case Format.GRAPH -> graphs.readOutOfBand(in.all());
            default -> throw new IllegalArgumentException("unknown value format " + format);
        };
    }

    private static byte[] copyOf(final ByteBuffer in) {
        final byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static Payload bytes(final int format, final byte[] array) {
        return Payload.ofBytes(format, ByteBuffer.wrap(array));
    }

    private static Payload small(final int format, final ByteBuffer buffer) {
        return Payload.ofBytes(format, buffer.flip());
    }

    private static ByteBuffer little(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
