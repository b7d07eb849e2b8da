/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

/** Reads arrays of numbers, in steps: an array of doubles may be longer in bytes than a buffer can be. */
final class PrimitiveArrays {
    /** Elements copied in one step. */
    private static final int STEP = 1 << 25;

    private PrimitiveArrays() {}

    static Object read(final int format, final ValueReader in) {
        final int elementBytes = format == Format.INTS || format == Format.FLOATS ? 4 : 8;
        final int elements = Math.toIntExact(in.length() / elementBytes);
        final Object array = allocate(format, elements);
        for (int done = 0; done < elements; ) {
            final int step = Math.min(STEP, elements - done);
            final java.nio.ByteBuffer part = in.slice((long) done * elementBytes, step * elementBytes);
            if (array instanceof int[] ints) {
                part.asIntBuffer().get(ints, done, step);
            } else if (array instanceof long[] longs) {
                part.asLongBuffer().get(longs, done, step);
            } else if (array instanceof float[] floats) {
                part.asFloatBuffer().get(floats, done, step);
            } else {
                part.asDoubleBuffer().get((double[]) array, done, step);
            }
            done += step;
        }
        return array;
    }

    private static Object allocate(final int format, final int elements) {
        return switch (format) {
            case Format.INTS -> new int[elements];
            case Format.LONGS -> new long[elements];
            case Format.FLOATS -> new float[elements];
            default -> new double[elements];
        };
    }
}
