/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WireHelpersTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[128]);

    @Test
    void headerWithoutAFlyweightIsTheOneThatTheCodecsWrite() {
        FlushRequestEncoder encoder = new FlushRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, 8, new MessageHeaderEncoder()).correlationId(5);
        assertEquals(FlushRequestEncoder.TEMPLATE_ID, MessageHeaders.templateId(buffer, 8));
        assertEquals(FlushRequestEncoder.BLOCK_LENGTH, MessageHeaders.blockLength(buffer, 8));
        assertEquals(FlushRequestEncoder.SCHEMA_ID, MessageHeaders.schemaId(buffer, 8));
        assertEquals(WireVersion.SCHEMA, MessageHeaders.version(buffer, 8));
        MessageHeaders.write(buffer, 64, FlushRequestEncoder.BLOCK_LENGTH, FlushRequestEncoder.TEMPLATE_ID);
        assertTrue(FixedBytes.equal(buffer, 8, buffer, 64, MessageHeaders.LENGTH));
    }

    @Test
    void aMessageIsKnownByItsHeader() {
        MessageHeaders.write(buffer, 0, 16, 117);
        assertTrue(MessageHeaders.isMessage(buffer, 0, 24, 117));
        assertFalse(MessageHeaders.isMessage(buffer, 0, 24, 118));
        assertFalse(MessageHeaders.isMessage(buffer, 0, 7, 117), "too short for a header");
        buffer.putShort(MessageHeaderDecoder.schemaIdEncodingOffset(), (short) 1);
        assertFalse(MessageHeaders.isMessage(buffer, 0, 24, 117), "another schema");
    }

    @Test
    void fixedFieldsCompareEveryByte() {
        for (int i = 0; i < 28; i++) {
            buffer.putByte(i, (byte) (i + 200));
            buffer.putByte(50 + i, (byte) (i + 200));
        }
        assertTrue(FixedBytes.equal(buffer, 0, buffer, 50, 28));
        for (int i = 0; i < 28; i++) {
            buffer.putByte(50 + i, (byte) 1);
            assertFalse(FixedBytes.equal(buffer, 0, buffer, 50, 28), "byte " + i);
            buffer.putByte(50 + i, (byte) (i + 200));
        }
        assertTrue(FixedBytes.equal(buffer, 0, buffer, 51, 0));
    }

    @Test
    void zeroMeansNoneAndHexIsForPeople() {
        assertTrue(FixedBytes.isZero(buffer, 0, 28));
        buffer.putByte(27, (byte) 0xAF);
        assertFalse(FixedBytes.isZero(buffer, 0, 28));
        assertEquals("0000af", FixedBytes.toHex(buffer, 25, 3));
    }
}
