/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import org.agrona.DirectBuffer;

/**
 * Compares and formats fixed-length byte fields (ids). The generated codecs copy such a field through a {@code byte[]};
 * with {@code buffer.getBytes/putBytes} at {@code offset() + xEncodingOffset()} it moves without one. No method
 * allocates except {@link #toHex}.
 */
public final class FixedBytes {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private FixedBytes() {}

    /** Whether two fields of {@code length} bytes are the same. */
    public static boolean equal(DirectBuffer a, int offsetA, DirectBuffer b, int offsetB, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (a.getLong(offsetA + i) != b.getLong(offsetB + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (a.getByte(offsetA + i) != b.getByte(offsetB + i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all {@code length} bytes are zero: the way a message says "none" for an id. */
    public static boolean isZero(DirectBuffer buffer, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(offset + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Lower-case hexadecimal, two digits a byte, for messages and logs. */
    public static String toHex(DirectBuffer buffer, int offset, int length) {
        char[] digits = new char[length * 2];
        for (int i = 0; i < length; i++) {
            int b = buffer.getByte(offset + i) & 0xFF;
            digits[2 * i] = HEX[b >>> 4];
            digits[2 * i + 1] = HEX[b & 0xF];
        }
        return new String(digits);
    }
}
