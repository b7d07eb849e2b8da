/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.CertificateIssuedDecoder;
import io.thornback.transport.wire.ClusterStateDecoder;
import io.thornback.transport.wire.DrainNotedDecoder;
import io.thornback.transport.wire.JobNotedDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.MessageHeaders;
import io.thornback.transport.wire.NetHelloDecoder;
import io.thornback.transport.wire.NetHelloEncoder;
import io.thornback.transport.wire.NetWelcomeEncoder;
import io.thornback.transport.wire.NodeRegisteredDecoder;
import io.thornback.transport.wire.ObjectDescribedDecoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.ProbeAnswerDecoder;
import io.thornback.transport.wire.ProbeForAnswerDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.RefusedEncoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The messages of the connection itself, and the one convention that requests and answers keep: the first field of
 * their block, right behind the header, is the correlation id.
 */
public final class NetMessages {
    /** Where the correlation id of a request or an answer stands, from the start of the header. */
    public static final int CORRELATION_ID_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;

    /** The correlation id of a refusal that answers no request. */
    public static final long NO_CORRELATION_ID = -1;

    private static final int MAX_TEXT_LENGTH = 1000;

    private NetMessages() {}

    /**
     * Checks a text or byte field before it is read: generated decoders reserve memory for the length that the message
     * claims, up to 2 GiB, before they look whether it is there.
     *
     * @param claimedLength what the decoder's {@code xLength()} returns
     * @param limit the message decoder's {@code limit()}: where the field's own length stands
     * @throws IllegalArgumentException if the field would end beyond the buffer
     */
    public static void requireField(int claimedLength, int limit, DirectBuffer buffer) {
        if (claimedLength < 0 || claimedLength > buffer.capacity() - limit - Integer.BYTES) {
            throw new IllegalArgumentException("a field of the message claims length=" + claimedLength + " at offset="
                    + limit + ", the message ends at " + buffer.capacity());
        }
    }

    static boolean isAnswer(int templateId) {
        return templateId == RefusedDecoder.TEMPLATE_ID
                || templateId == NodeRegisteredDecoder.TEMPLATE_ID
                || templateId == JobNotedDecoder.TEMPLATE_ID
                || templateId == ClusterStateDecoder.TEMPLATE_ID
                || templateId == CertificateIssuedDecoder.TEMPLATE_ID
                || templateId == ProbeAnswerDecoder.TEMPLATE_ID
                || templateId == ProbeForAnswerDecoder.TEMPLATE_ID
                || templateId == DrainNotedDecoder.TEMPLATE_ID
                || templateId == ObjectDescribedDecoder.TEMPLATE_ID;
    }

    static DirectBuffer hello(PeerKind kind, String token) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final NetHelloEncoder encoder = new NetHelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.schemaVersion(NetHelloEncoder.SCHEMA_VERSION).kind(kind).token(token);
        return exactly(buffer, encoder.encodedLength());
    }

    static DirectBuffer welcome(String clusterId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
        final NetWelcomeEncoder encoder =
                new NetWelcomeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.schemaVersion(NetWelcomeEncoder.SCHEMA_VERSION).clusterId(clusterId);
        return exactly(buffer, encoder.encodedLength());
    }

    /**
     * A refusal, ready to send.
     *
     * @param correlationId of the request, or {@link #NO_CORRELATION_ID}
     * @param message one line for the user; cut at {@value #MAX_TEXT_LENGTH} characters
     */
    public static DirectBuffer refused(long correlationId, RefusalCode code, long limitValue, String message) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final RefusedEncoder encoder = new RefusedEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId).code(code).limitValue(limitValue);
        encoder.message(message.substring(0, Math.min(message.length(), MAX_TEXT_LENGTH)));
        return exactly(buffer, encoder.encodedLength());
    }

    /** @throws IllegalArgumentException if the frame, which says that it is one, cannot be read as one */
    static NetRefusedException refusal(NetFrame frame) {
        requireText(frame, RefusedDecoder.BLOCK_LENGTH);
        final RefusedDecoder decoder = new RefusedDecoder().wrapAndApplyHeader(frame.buffer(), 0, headerOf(frame));
        return new NetRefusedException(decoder.code(), decoder.limitValue(), decoder.message());
    }

    /**
     * The hello, or null if the frame is another message.
     *
     * @throws IllegalArgumentException if the frame says that it is one and cannot be read as one
     */
    static NetHelloDecoder helloIn(NetFrame frame) {
        if (frame.templateId() != NetHelloDecoder.TEMPLATE_ID) {
            return null;
        }
        requireText(frame, NetHelloDecoder.BLOCK_LENGTH);
        return new NetHelloDecoder().wrapAndApplyHeader(frame.buffer(), 0, headerOf(frame));
    }

    /** Checks a block and the one text behind it. Not as {@code MessageShapes} does: the peer may be of another version. */
    private static void requireText(NetFrame frame, int leastBlockLength) {
        final int blockLength = MessageHeaders.blockLength(frame.buffer(), 0);
        final int textAt = MessageHeaders.LENGTH + blockLength;
        if (blockLength < leastBlockLength || textAt + Integer.BYTES > frame.length()) {
            throw new IllegalArgumentException("a message of length=" + frame.length() + " claims blockLength="
                    + blockLength + ", at least " + leastBlockLength);
        }
        requireField(frame.buffer().getInt(textAt, ByteOrder.LITTLE_ENDIAN), textAt, frame.buffer());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static MessageHeaderDecoder headerOf(NetFrame frame) {
        return new MessageHeaderDecoder().wrap(frame.buffer(), 0);
    }

    private static DirectBuffer exactly(ExpandableArrayBuffer buffer, int encodedLength) {
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }
}
