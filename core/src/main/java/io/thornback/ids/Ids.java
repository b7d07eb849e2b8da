/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.ids;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** What the id types share: randomness, hex, and the one byte order (little-endian). */
final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    static long randomLong() {
        return RANDOM.nextLong();
    }

    static void putLong(final MutableDirectBuffer buffer, final int offset, final long value) {
        buffer.putLong(offset, value, ByteOrder.LITTLE_ENDIAN);
    }

    static long getLong(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes of the words, in the order in which they lie in memory, as hexadecimal digits. */
    static String hex(final int lengthBytes, final long... words) {
        final ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (final long word : words) {
            bytes.putLong(word);
        }
        final StringBuilder text = new StringBuilder(lengthBytes * 2);
        for (int i = 0; i < lengthBytes; i++) {
            text.append(Character.forDigit((bytes.get(i) >> 4) & 0xF, 16));
            text.append(Character.forDigit(bytes.get(i) & 0xF, 16));
        }
        return text.toString();
    }
}
