/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import org.agrona.DirectBuffer;

/**
 * The string encoding of class files (The Java Virtual Machine Specification, §4.4.7): like UTF-8, but U+0000 takes two
 * bytes ({@code C0 80}), no byte is zero, and a supplementary character is two surrogates of three bytes each.
 *
 * <p>Only the shortest form of each character is accepted, so two keys are the same bytes exactly when they are the
 * same string: counts by bytes and counts by {@code String} can then be compared. Pure functions, any thread.
 */
final class ModifiedUtf8 {
    private ModifiedUtf8() {}

    /** Whether {@code length} bytes at {@code offset} are modified UTF-8 in shortest form. Does not allocate. */
    static boolean isValid(DirectBuffer buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int size = sequenceLength(buffer, at, end);
            if (size == 0) {
                return false;
            }
            at += size;
        }
        return true;
    }

    private static int sequenceLength(DirectBuffer buffer, int at, int end) {
        int b = buffer.getByte(at);
        if (b > 0) {
            return 1;
        }
        if ((b & 0xE0) == 0xC0) {
            if (end - at < 2 || !isContinuation(buffer, at + 1)) {
                return 0;
            }
            int c = ((b & 0x1F) << 6) | (buffer.getByte(at + 1) & 0x3F);
            return c == 0 || c >= 0x80 ? 2 : 0;
        }
        if ((b & 0xF0) == 0xE0) {
            if (end - at < 3 || !isContinuation(buffer, at + 1) || !isContinuation(buffer, at + 2)) {
                return 0;
            }
            return (((b & 0x0F) << 12) | ((buffer.getByte(at + 1) & 0x3F) << 6)) >= 0x800 ? 3 : 0;
        }
        return 0;
    }

    private static boolean isContinuation(DirectBuffer buffer, int at) {
        return (buffer.getByte(at) & 0xC0) == 0x80;
    }

    /**
     * The string of valid bytes; {@link #isValid} must have said yes before.
     *
     * @throws IllegalArgumentException if a sequence is cut short or starts with a byte that cannot start one
     */
    static String decode(byte[] bytes, int offset, int length) {
        char[] chars = new char[length];
        int n = 0;
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int b = bytes[at];
            int size = b > 0 ? 1 : (b & 0xE0) == 0xC0 ? 2 : (b & 0xF0) == 0xE0 ? 3 : 0;
            if (size == 0 || end - at < size) {
                throw new IllegalArgumentException("not modified UTF-8 at byte " + (at - offset) + " of " + length);
            }
            int c = size == 1 ? b : b & (size == 2 ? 0x1F : 0x0F);
            for (int i = 1; i < size; i++) {
                c = (c << 6) | (bytes[at + i] & 0x3F);
            }
            chars[n++] = (char) c;
            at += size;
        }
        return new String(chars, 0, n);
    }
}
