/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/** The objects of the torture: a number says everything about one, its id, its size and every byte. */
final class TortureObjects {
    /** Job of the objects that have one maker. */
    static final int JOB = 1;
    /** Job of the few that everybody puts and deletes; their bytes depend on who won, and say so themselves. */
    static final int CONTESTED_JOB = 2;

    static final int CONTESTED = 16;

    /** A bit of the numbers that others knew before they were put, and may have deleted without looking. */
    static final long ANNOUNCED = 1L << 31;

    private static final int MAKER_SHIFT = 32;
    private static final int HEAD_BYTES = 16;
    private static final int MAX_BYTES = 3 << 20;
    private static final int ID_TASK_OFFSET = 8;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private TortureObjects() {}

    /** Below the numbers of the objects of a client. */
    static long first(final int client) {
        return (long) client << MAKER_SHIFT;
    }

    static int maker(final long number) {
        return (int) (number >>> MAKER_SHIFT);
    }

    static boolean isAnnounced(final long number) {
        return (number & ANNOUNCED) != 0;
    }

    static ObjectId id(final long number) {
        return StoreFixture.id(JOB, number, 0);
    }

    static ObjectId contestedId(final int which) {
        return StoreFixture.id(CONTESTED_JOB, which, 0);
    }

    /** The number of the object whose descriptor is at the address. */
    static long number(final long cellAddress) {
        return UnsafeApi.getLong(cellAddress + CellDescriptor.ID_OFFSET + ID_TASK_OFFSET);
    }

    /** None, some hundred, some thousand, and now and then some million bytes. */
    static int size(final long number) {
        final long bits = mix(number);
        final int kind = (int) (bits & 0xFF);
        final int random = (int) (bits >>> 33);
        if (kind < 16) {
            return 0;
        }
        if (kind < 190) {
            return 1 + random % 2000;
        }
        if (kind < 248) {
            return 1 + random % (64 << 10);
        }
        return 1 + random % MAX_BYTES;
    }

    static byte[] content(final long number) {
        return content(number, size(number));
    }

    /** What a maker puts under an id that others put too: the salt tells it from theirs. */
    static byte[] contested(final int which, final long salt) {
        final int length = HEAD_BYTES + size(mix(salt) | 1) % 5000;
        final byte[] bytes = content(salt ^ which, length);
        LONGS.set(bytes, 0, salt);
        LONGS.set(bytes, 8, (long) which);
        return bytes;
    }

    /** Fails if a byte of the object is not what its number says. */
    static void check(final ObjectBuffer object, final long number) {
        equal(object, content(number), "number=" + Long.toHexString(number));
    }

    static void checkContested(final ObjectBuffer object, final int which) {
        final byte[] bytes = object.toByteArray();
        if (bytes.length < HEAD_BYTES) {
            throw new AssertionError("torn: " + object + " is too short");
        }
        equal(object, contested(which, (long) LONGS.get(bytes, 0)), "contested=" + which);
    }

    private static void equal(final ObjectBuffer object, final byte[] expected, final String what) {
        final byte[] found = object.toByteArray();
        final int at = java.util.Arrays.mismatch(found, expected);
        if (at >= 0) {
            throw new AssertionError("torn: " + object + " " + what + ": expected " + expected.length + " bytes, found "
                    + found.length + ", which differ from byte " + at);
        }
    }

    private static byte[] content(final long number, final int length) {
        final byte[] bytes = new byte[length];
        long next = mix(number);
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            LONGS.set(bytes, at, next);
            next += 0x9E3779B97F4A7C15L;
        }
        for (; at < length; at++) {
            bytes[at] = (byte) next;
            next >>>= 8;
        }
        return bytes;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    static long mix(final long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
