/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keeps messages short that are nearly the same: a million calls of one function differ in their ids, times and arguments, and have the name of the function, its class and what it asks for in
 * common. The first message of each length is kept whole; of another of that length, only what differs is.
 *
 * <pre>
 * offset  size             field
 *      0  i32 LE           length of the message; negative: the message itself follows
 *      4  (words + 7) / 8  bit i: word i of the message differs. A word has 4 bytes; the last may have fewer
 *         4 each           the words that differ
 * </pre>
 *
 * Thread-safe.
 */
final class MessageDeltas {
    /** Lengths of which a message is kept whole; those of other lengths are all. */
    private static final int MOST_LENGTHS = 64;

    private static final int HEADER = Integer.BYTES;
    private static final int WORD = Integer.BYTES;

    private final Map<Integer, byte[]> byLength = new ConcurrentHashMap<>();

    /** The message, shorter if it can be; not to be changed, and for {@link #restore} of this object alone. */
    byte[] shorten(final byte[] message) {
        final byte[] like = like(message);
        final int words = (message.length + WORD - 1) / WORD;
        final int mask = (words + Byte.SIZE - 1) / Byte.SIZE;
        final byte[] delta = new byte[HEADER + message.length];
        final UnsafeBuffer out = new UnsafeBuffer(delta);
        int length = HEADER + mask;
        if (like != null) {
            out.putInt(0, message.length);
            for (int word = 0; word < words && length + WORD <= delta.length; word++) {
                final int from = word * WORD;
                final int to = Math.min(message.length, from + WORD);
                if (!Arrays.equals(message, from, to, like, from, to)) {
                    delta[HEADER + word / Byte.SIZE] |= (byte) (1 << word % Byte.SIZE);
                    System.arraycopy(message, from, delta, length, to - from);
                    length += WORD;
                }
            }
            if (length + WORD <= delta.length) {
                return Arrays.copyOf(delta, length);
            }
        }
        out.putInt(0, -message.length);
        out.putBytes(HEADER, message);
        return delta;
    }

    private byte[] like(final byte[] message) {
        final byte[] known = byLength.get(message.length);
        if (known != null || byLength.size() >= MOST_LENGTHS) {
            return known;
        }
        final byte[] before = byLength.putIfAbsent(message.length, message);
        return before == null ? message : before;
    }

    /** The message that was shortened to this. */
    byte[] restore(final byte[] shortened) {
        final UnsafeBuffer in = new UnsafeBuffer(shortened);
        final int length = in.getInt(0);
        if (length <= 0) {
            return Arrays.copyOfRange(shortened, HEADER, HEADER - length);
        }
        final byte[] message = byLength.get(length).clone();
        final int words = (length + WORD - 1) / WORD;
        int next = HEADER + (words + Byte.SIZE - 1) / Byte.SIZE;
        for (int word = 0; word < words; word++) {
            if ((shortened[HEADER + word / Byte.SIZE] & 1 << word % Byte.SIZE) != 0) {
                final int at = word * WORD;
                System.arraycopy(shortened, next, message, at, Math.min(WORD, length - at));
                next += WORD;
            }
        }
        return message;
    }
}
