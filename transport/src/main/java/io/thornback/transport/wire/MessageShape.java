/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * What a message, or one element of a group in it, consists of, in this order: a block of fixed length, groups of such elements, texts. Walks the length fields of a
 * message without reading anything else. Immutable; allocates nothing.
 */
final class MessageShape {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int OUTSIDE = -1;

    final int blockLength;
    final int texts;
    final MessageShape[] groups;

    /**
     * As the schema says.
     *
     * @param blockLength bytes of the fixed fields
     * @param texts fields of variable length, text or bytes
     * @param groups in the schema's order
     */
    MessageShape(int blockLength, int texts, MessageShape... groups) {
        this.blockLength = blockLength;
        this.texts = texts;
        this.groups = groups;
    }

    /** Whether its length is that of its block. */
    boolean isFixed() {
        return texts == 0 && groups.length == 0;
    }

    /** Whether it begins at {@code at} and ends, as its own lengths say, not behind {@code end}. */
    boolean fits(DirectBuffer buffer, int at, int end) {
        return blockLength <= end - at && endOfParts(buffer, at + blockLength, end) != OUTSIDE;
    }

    /** Where groups and texts end that begin at {@code begin}; {@link #OUTSIDE} if that is behind {@code end}. */
    private int endOfParts(DirectBuffer buffer, int begin, int end) {
        int at = begin;
        for (MessageShape group : groups) {
            at = group.endOfGroup(buffer, at, end);
            if (at == OUTSIDE) {
                return OUTSIDE;
            }
        }
        for (int i = 0; i < texts; i++) {
            at = endOfText(buffer, at, end);
            if (at == OUTSIDE) {
                return OUTSIDE;
            }
        }
        return at;
    }

    /** Whether a text or byte field that begins at {@code at} ends not behind {@code end}. */
    static boolean textFits(DirectBuffer buffer, int at, int end) {
        return endOfText(buffer, at, end) != OUTSIDE;
    }

    private static int endOfText(DirectBuffer buffer, int at, int end) {
        if (end - at < Integer.BYTES) {
            return OUTSIDE;
        }
        int length = buffer.getInt(at, ORDER);
        int begin = at + Integer.BYTES;
        return length >= 0 && length <= end - begin ? begin + length : OUTSIDE;
    }

    /** Each element takes room, so no count makes more steps than the message has bytes. */
    private int endOfGroup(DirectBuffer buffer, int at, int end) {
        if (end - at < Integer.BYTES) {
            return OUTSIDE;
        }
        int dimensions = buffer.getInt(at, ORDER);
        int count = dimensions >>> Short.SIZE;
        int begin = at + Integer.BYTES;
        if ((dimensions & 0xFFFF) != blockLength) {
            return OUTSIDE;
        }
        if (isFixed()) {
            long length = (long) count * blockLength;
            return length <= end - begin ? begin + (int) length : OUTSIDE;
        }
        int next = begin;
        for (int i = 0; i < count; i++) {
            next = blockLength <= end - next ? endOfParts(buffer, next + blockLength, end) : OUTSIDE;
            if (next == OUTSIDE) {
                return OUTSIDE;
            }
        }
        return next;
    }
}
