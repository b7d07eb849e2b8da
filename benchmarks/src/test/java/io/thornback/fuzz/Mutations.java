/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes inputs as broken memory, broken programs and enemies do: bits, bytes, numbers at the edge of what fits, pieces moved, cut off or put in. One thread. */
final class Mutations {
    /** Longer than any message of a lane. */
    static final int MOST_BYTES = 1 << 16;

    private static final int[] EDGES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        9,
        16,
        255,
        256,
        0x7FFF,
        0xFFFF,
        0x10000,
        1 << 20,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE
    };

    private final SplittableRandom random;

    Mutations(final SplittableRandom random) {
        this.random = random;
    }

    /** A changed copy; {@code other} lends pieces. */
    byte[] mutate(final byte[] input, final byte[] other) {
        byte[] bytes = input.clone();
        final int times = 1 + (random.nextInt(3) == 0 ? random.nextInt(8) : random.nextInt(2));
        for (int i = 0; i < times; i++) {
            bytes = once(bytes, other);
        }
        return bytes.length > MOST_BYTES ? Arrays.copyOf(bytes, MOST_BYTES) : bytes;
    }

    private byte[] once(final byte[] bytes, final byte[] other) {
        if (bytes.length == 0) {
            return insert(bytes, random.nextInt(16));
        }
        final int at = random.nextInt(bytes.length);
        switch (random.nextInt(11)) {
            case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 2 -> bytes[at] = (byte) random.nextInt();
            case 3, 4 -> putNumber(bytes, at, EDGES[random.nextInt(EDGES.length)]);
            case 5 -> putNumber(bytes, at, bytes.length - at + random.nextInt(-9, 10));
            case 6 -> addToNumber(bytes, at, random.nextInt(-3, 4));
            case 7 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 8 -> {
                return insert(bytes, 1 + random.nextInt(random.nextBoolean() ? 8 : 1_024));
            }
            case 9 -> {
                return remove(
                        bytes,
                        at,
                        1 + random.nextInt(Math.min(random.nextBoolean() ? 64 : MOST_BYTES, bytes.length - at)));
            }
            default -> {
                return splice(bytes, at, other);
            }
        }
        return bytes;
    }

    /** 2, 4 or 8 bytes, little-endian, as far as there is room. */
    private void putNumber(final byte[] bytes, final int at, final long value) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final int room = bytes.length - at;
        final int kind = random.nextInt(4);
        if (kind == 0 && room >= Long.BYTES) {
            buffer.putLong(at, value);
        } else if (kind != 1 && room >= Integer.BYTES) {
            buffer.putInt(at, (int) value);
        } else if (room >= Short.BYTES) {
            buffer.putShort(at, (short) value);
        } else {
            bytes[at] = (byte) value;
        }
    }

    private void addToNumber(final byte[] bytes, final int at, final int difference) {
        if (bytes.length - at >= Integer.BYTES) {
            final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(at, buffer.getInt(at) + difference);
        } else {
            bytes[at] += (byte) difference;
        }
    }

    private byte[] insert(final byte[] bytes, final int count) {
        final int at = random.nextInt(bytes.length + 1);
        final byte[] more = new byte[count];
        if (random.nextBoolean()) {
            Arrays.fill(more, (byte) random.nextInt());
        } else {
            for (int i = 0; i < count; i++) {
                more[i] = bytes.length == 0 ? (byte) random.nextInt() : bytes[random.nextInt(bytes.length)];
            }
        }
        return join(bytes, at, more, bytes, at);
    }

    private static byte[] remove(final byte[] bytes, final int at, final int count) {
        return join(bytes, at, new byte[0], bytes, at + count);
    }

    private byte[] splice(final byte[] bytes, final int at, final byte[] other) {
        if (other.length == 0) {
            return bytes;
        }
        final int from = random.nextInt(other.length);
        final int to = from + random.nextInt(Math.min(256, other.length - from) + 1);
        final int over = random.nextBoolean() ? Math.min(bytes.length, at + to - from) : at;
        return join(bytes, at, Arrays.copyOfRange(other, from, to), bytes, over);
    }

    private static byte[] join(
            final byte[] head, final int headEnd, final byte[] middle, final byte[] tail, final int tailBegin) {
        final byte[] joined = Arrays.copyOf(head, headEnd + middle.length + tail.length - tailBegin);
        System.arraycopy(middle, 0, joined, headEnd, middle.length);
        System.arraycopy(tail, tailBegin, joined, headEnd + middle.length, tail.length - tailBegin);
        return joined;
    }
}
