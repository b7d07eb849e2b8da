/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.LeaseGrantEncoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedEncoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes the store's messages into one buffer, before anything is claimed in a lane. One thread, the agent; allocates nothing. */
final class Outbox {
    static final int MAX_GRANT_CELLS = 256;

    private static final int BUFFER_BYTES = 8192;
    private static final int MAX_TEXT_BYTES = 4096;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BUFFER_BYTES]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final RefusedEncoder refused = new RefusedEncoder();
    private final LeaseGrantEncoder grant = new LeaseGrantEncoder();
    private int templateId;
    private int length;

    /** Begins a message of fixed length. */
    Outbox fixed(final int newTemplateId, final int blockLength) {
        templateId = newTemplateId;
        length = StoreMessages.HEADER_LENGTH + blockLength;
        StoreMessages.putHeader(buffer, 0, newTemplateId, blockLength);
        return this;
    }

    Outbox putLong(final int fieldOffset, final long value) {
        buffer.putLong(StoreMessages.HEADER_LENGTH + fieldOffset, value, ORDER);
        return this;
    }

    Outbox putInt(final int fieldOffset, final int value) {
        buffer.putInt(StoreMessages.HEADER_LENGTH + fieldOffset, value, ORDER);
        return this;
    }

    Outbox putByte(final int fieldOffset, final int value) {
        buffer.putByte(StoreMessages.HEADER_LENGTH + fieldOffset, (byte) value);
        return this;
    }

    Outbox putId(final int fieldOffset, final ObjectId id) {
        id.putInto(buffer, StoreMessages.HEADER_LENGTH + fieldOffset);
        return this;
    }

    Outbox refused(final long correlationId, final RefusalCode code, final long limit, final String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_TEXT_BYTES) {
            bytes = Arrays.copyOf(bytes, MAX_TEXT_BYTES);
        }
        templateId = RefusedEncoder.TEMPLATE_ID;
        refused.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .code(code)
                .limitValue(limit)
                .putMessage(bytes, 0, bytes.length);
        length = StoreMessages.HEADER_LENGTH + refused.encodedLength();
        return this;
    }

    Outbox grant(final long correlationId, final long[] tokens, final int count) {
        templateId = LeaseGrantEncoder.TEMPLATE_ID;
        final LeaseGrantEncoder.CellsEncoder cells = grant.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .cellsCount(count);
        for (int i = 0; i < count; i++) {
            cells.next()
                    .cell(CellDescriptor.tokenCell(tokens[i]))
                    .generation(CellDescriptor.tokenGeneration(tokens[i]));
        }
        length = StoreMessages.HEADER_LENGTH + grant.encodedLength();
        return this;
    }

    void tell(final ClientSession client) {
        client.tell(templateId, buffer, length);
    }

    /** Sent if there is room; false if there is none. */
    boolean offer(final ClientSession client) {
        return client.offer(templateId, buffer, length);
    }

    /** For somebody who is no client: sent if there is room. */
    void tell(final OutboundLane lane) {
        lane.offer(templateId, buffer, 0, length);
    }
}
