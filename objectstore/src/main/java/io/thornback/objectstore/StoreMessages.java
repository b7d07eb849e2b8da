/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.AbortCellEncoder;
import io.thornback.transport.wire.LeaseRequestEncoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.QueryObjectEncoder;
import io.thornback.transport.wire.SealEncoder;
import io.thornback.transport.wire.WaitObjectEncoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes and reads messages of fixed length at their places in a buffer, without flyweights, so that the hot paths of many
 * threads share and allocate nothing. The places are those of the generated codecs. Stateless.
 */
final class StoreMessages {
    static final int HEADER_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH;

    static final int SEAL_LENGTH = HEADER_LENGTH + SealEncoder.BLOCK_LENGTH;
    static final int ABORT_LENGTH = HEADER_LENGTH + AbortCellEncoder.BLOCK_LENGTH;
    static final int LEASE_LENGTH = HEADER_LENGTH + LeaseRequestEncoder.BLOCK_LENGTH;
    static final int QUERY_LENGTH = HEADER_LENGTH + QueryObjectEncoder.BLOCK_LENGTH;
    static final int WAIT_LENGTH = HEADER_LENGTH + WaitObjectEncoder.BLOCK_LENGTH;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private StoreMessages() {}

    static void putHeader(final MutableDirectBuffer buffer, final int offset, final int templateId, final int block) {
        buffer.putShort(offset, (short) block, ORDER);
        buffer.putShort(offset + 2, (short) templateId, ORDER);
        buffer.putShort(offset + 4, (short) MessageHeaderEncoder.SCHEMA_ID, ORDER);
        buffer.putShort(offset + 6, (short) MessageHeaderEncoder.SCHEMA_VERSION, ORDER);
    }

    static void putSeal(
            final MutableDirectBuffer buffer,
            final int offset,
            final long token,
            final int clientId,
            final ObjectId id) {
        putHeader(buffer, offset, SealEncoder.TEMPLATE_ID, SealEncoder.BLOCK_LENGTH);
        final int block = offset + HEADER_LENGTH;
        buffer.putLong(block + SealEncoder.generationEncodingOffset(), CellDescriptor.tokenGeneration(token), ORDER);
        buffer.putInt(block + SealEncoder.cellEncodingOffset(), CellDescriptor.tokenCell(token), ORDER);
        buffer.putInt(block + SealEncoder.clientIdEncodingOffset(), clientId, ORDER);
        id.putInto(buffer, block + SealEncoder.objectIdEncodingOffset());
    }

    static void putAbort(final MutableDirectBuffer buffer, final int offset, final long token, final int clientId) {
        putHeader(buffer, offset, AbortCellEncoder.TEMPLATE_ID, AbortCellEncoder.BLOCK_LENGTH);
        final int block = offset + HEADER_LENGTH;
        buffer.putLong(
                block + AbortCellEncoder.generationEncodingOffset(), CellDescriptor.tokenGeneration(token), ORDER);
        buffer.putInt(block + AbortCellEncoder.cellEncodingOffset(), CellDescriptor.tokenCell(token), ORDER);
        buffer.putInt(block + AbortCellEncoder.clientIdEncodingOffset(), clientId, ORDER);
    }

    /** A QueryObject: its block is a correlation id and an object id. */
    static void putQuery(
            final MutableDirectBuffer buffer, final int offset, final long correlationId, final ObjectId id) {
        putHeader(buffer, offset, QueryObjectEncoder.TEMPLATE_ID, QueryObjectEncoder.BLOCK_LENGTH);
        buffer.putLong(offset + HEADER_LENGTH, correlationId, ORDER);
        id.putInto(buffer, offset + HEADER_LENGTH + Long.BYTES);
    }

    /** A WaitObject; {@code waitWord} 0: answered with ObjectReady. */
    static void putWait(
            final MutableDirectBuffer buffer,
            final int offset,
            final long correlationId,
            final ObjectId id,
            final int waitWord,
            final int waitSequence) {
        putHeader(buffer, offset, WaitObjectEncoder.TEMPLATE_ID, WaitObjectEncoder.BLOCK_LENGTH);
        final int block = offset + HEADER_LENGTH;
        buffer.putLong(block + WaitObjectEncoder.correlationIdEncodingOffset(), correlationId, ORDER);
        id.putInto(buffer, block + WaitObjectEncoder.objectIdEncodingOffset());
        buffer.putInt(block + WaitObjectEncoder.waitWordEncodingOffset(), waitWord, ORDER);
        buffer.putInt(block + WaitObjectEncoder.waitSequenceEncodingOffset(), waitSequence, ORDER);
    }

    /** A message whose block is a correlation id alone. */
    static void putCorrelation(
            final MutableDirectBuffer buffer, final int offset, final int templateId, final long correlationId) {
        putHeader(buffer, offset, templateId, Long.BYTES);
        buffer.putLong(offset + HEADER_LENGTH, correlationId, ORDER);
    }

    static long getLong(final DirectBuffer buffer, final int offset, final int fieldOffset) {
        return buffer.getLong(offset + HEADER_LENGTH + fieldOffset, ORDER);
    }

    static int getInt(final DirectBuffer buffer, final int offset, final int fieldOffset) {
        return buffer.getInt(offset + HEADER_LENGTH + fieldOffset, ORDER);
    }

    static ObjectId getId(final DirectBuffer buffer, final int offset, final int fieldOffset) {
        return ObjectId.of(buffer, offset + HEADER_LENGTH + fieldOffset);
    }
}
