/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.objectstore.ObjectId;
import io.thornback.transport.net.NetMessages;
import io.thornback.transport.wire.DescribeObjectDecoder;
import io.thornback.transport.wire.DescribeObjectEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.ObjectDescribedDecoder;
import io.thornback.transport.wire.ObjectDescribedEncoder;
import io.thornback.transport.wire.PullObjectDecoder;
import io.thornback.transport.wire.PullObjectEncoder;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The messages by which objects are asked for. Decoders throw IllegalArgumentException at what makes no sense. */
final class TransferCodec {
    private TransferCodec() {}

    static DirectBuffer describe(String nodeId, ObjectId id) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(96);
        final DescribeObjectEncoder encoder =
                new DescribeObjectEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .putNodeId(HexFormat.of().parseHex(nodeId), 0, DescribeObjectEncoder.nodeIdLength())
                .putObjectId(id.toByteArray(), 0, ObjectId.LENGTH_BYTES);
        return exactly(buffer, encoder.encodedLength());
    }

    /** What a {@code DescribeObject} asks. */
    record Describe(long correlationId, String nodeId, ObjectId id) {}

    static Describe describe(DirectBuffer buffer, int offset) {
        final DescribeObjectDecoder decoder =
                new DescribeObjectDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final byte[] node = new byte[DescribeObjectDecoder.nodeIdLength()];
        decoder.getNodeId(node, 0, node.length);
        final byte[] object = new byte[ObjectId.LENGTH_BYTES];
        decoder.getObjectId(object, 0, object.length);
        return new Describe(decoder.correlationId(), HexFormat.of().formatHex(node), ObjectId.of(object, 0));
    }

    static DirectBuffer described(long correlationId, ObjectShape shape) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64 + shape.metadata().length);
        final ObjectDescribedEncoder encoder =
                new ObjectDescribedEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId)
                .sizeBytes(shape.sizeBytes())
                .format((short) shape.format())
                .isContainer((short) (shape.isContainer() ? 1 : 0))
                .putMetadata(shape.metadata(), 0, shape.metadata().length);
        return exactly(buffer, encoder.encodedLength());
    }

    static ObjectShape described(DirectBuffer buffer) {
        final ObjectDescribedDecoder decoder =
                new ObjectDescribedDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        final long sizeBytes = decoder.sizeBytes();
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("an object of sizeBytes=" + sizeBytes);
        }
        final int format = decoder.format();
        final boolean isContainer = decoder.isContainer() == 1;
        NetMessages.requireField(decoder.metadataLength(), decoder.limit(), buffer);
        final byte[] metadata = new byte[decoder.metadataLength()];
        decoder.getMetadata(metadata, 0, metadata.length);
        return new ObjectShape(sizeBytes, format, isContainer, metadata);
    }

    static DirectBuffer pull(long streamId, ObjectId id, long position, long sizeBytes) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(96);
        final PullObjectEncoder encoder =
                new PullObjectEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.streamId(streamId)
                .position(position)
                .sizeBytes(sizeBytes)
                .putObjectId(id.toByteArray(), 0, ObjectId.LENGTH_BYTES);
        return exactly(buffer, encoder.encodedLength());
    }

    /** What a {@code PullObject} asks. */
    record Wanted(long streamId, ObjectId id, long position, long sizeBytes) {}

    static Wanted pull(DirectBuffer buffer, int offset) {
        final PullObjectDecoder decoder =
                new PullObjectDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final byte[] object = new byte[ObjectId.LENGTH_BYTES];
        decoder.getObjectId(object, 0, object.length);
        final Wanted wanted =
                new Wanted(decoder.streamId(), ObjectId.of(object, 0), decoder.position(), decoder.sizeBytes());
        if (wanted.position < 0 || wanted.position > wanted.sizeBytes) {
            throw new IllegalArgumentException(
                    "an object from position=" + wanted.position + " of sizeBytes=" + wanted.sizeBytes);
        }
        return wanted;
    }

    private static DirectBuffer exactly(ExpandableArrayBuffer buffer, int encodedLength) {
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }
}
