/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Texts of bounded length in slots: a byte that says the length, then UTF-8. */
final class Text {
    private static final int BYTE_MASK = 0xFF;
    private static final int CONTINUATION_MASK = 0xC0;
    private static final int CONTINUATION = 0x80;

    private Text() {}

    /** Writes as much of a text as there is room for; allocates only where it is not ASCII. */
    static void put(final MutableDirectBuffer buffer, final int offset, final int room, final String text) {
        final int most = room - 1;
        final int chars = Math.min(text.length(), most);
        for (int i = 0; i < chars; i++) {
            final char letter = text.charAt(i);
            if (letter >= CONTINUATION) {
                putUtf8(buffer, offset, most, text);
                return;
            }
            buffer.putByte(offset + 1 + i, (byte) letter);
        }
        buffer.putByte(offset, (byte) chars);
    }

    private static void putUtf8(final MutableDirectBuffer buffer, final int offset, final int most, final String text) {
        final byte[] bytes = text.substring(0, Math.min(text.length(), most)).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, most);
        while (length < bytes.length && length > 0 && (bytes[length] & CONTINUATION_MASK) == CONTINUATION) {
            length--; // not in the middle of a character
        }
        buffer.putBytes(offset + 1, bytes, 0, length);
        buffer.putByte(offset, (byte) length);
    }

    /** Reads a text; a length that cannot be is cut. */
    static String get(final DirectBuffer buffer, final int offset, final int room) {
        final int length = Math.min(buffer.getByte(offset) & BYTE_MASK, room - 1);
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset + 1, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
