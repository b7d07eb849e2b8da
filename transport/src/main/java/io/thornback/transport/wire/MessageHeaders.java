/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The 8-byte SBE header that precedes every message, without a flyweight: for code that must look at a header before
 * it knows which decoder to wrap. All methods are pure, allocate nothing, and may be called from any thread.
 */
public final class MessageHeaders {
    /** Length of the header in bytes; the block of fixed fields follows it. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BLOCK_LENGTH_OFFSET = MessageHeaderDecoder.blockLengthEncodingOffset();
    private static final int TEMPLATE_ID_OFFSET = MessageHeaderDecoder.templateIdEncodingOffset();
    private static final int SCHEMA_ID_OFFSET = MessageHeaderDecoder.schemaIdEncodingOffset();
    private static final int VERSION_OFFSET = MessageHeaderDecoder.versionEncodingOffset();

    private MessageHeaders() {}

    /** Writes a header of this schema at {@code offset}. */
    public static void write(MutableDirectBuffer buffer, int offset, int blockLength, int templateId) {
        buffer.putShort(offset + BLOCK_LENGTH_OFFSET, (short) blockLength, ORDER);
        buffer.putShort(offset + TEMPLATE_ID_OFFSET, (short) templateId, ORDER);
        buffer.putShort(offset + SCHEMA_ID_OFFSET, (short) MessageHeaderEncoder.SCHEMA_ID, ORDER);
        buffer.putShort(offset + VERSION_OFFSET, (short) MessageHeaderEncoder.SCHEMA_VERSION, ORDER);
    }

    /** Length in bytes of the block of fixed fields, 0 to 65,535. */
    public static int blockLength(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset + BLOCK_LENGTH_OFFSET, ORDER) & 0xFFFF;
    }

    /** Which message follows, 0 to 65,535. */
    public static int templateId(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset + TEMPLATE_ID_OFFSET, ORDER) & 0xFFFF;
    }

    /** Which schema the message is of. */
    public static int schemaId(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset + SCHEMA_ID_OFFSET, ORDER) & 0xFFFF;
    }

    /** Schema version of the sender. */
    public static int version(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset + VERSION_OFFSET, ORDER) & 0xFFFF;
    }

    /** Whether {@code length} bytes at {@code offset} begin with a header of this schema for {@code templateId}. */
    public static boolean isMessage(DirectBuffer buffer, int offset, int length, int templateId) {
        return length >= LENGTH
                && templateId(buffer, offset) == templateId
                && schemaId(buffer, offset) == MessageHeaderDecoder.SCHEMA_ID;
    }
}
