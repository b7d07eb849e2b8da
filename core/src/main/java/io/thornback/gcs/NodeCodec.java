/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetMessages;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.EcKeys;
import io.thornback.transport.trust.Pem;
import io.thornback.transport.wire.CertificateIssuedDecoder;
import io.thornback.transport.wire.CertificateIssuedEncoder;
import io.thornback.transport.wire.CertificateRequestDecoder;
import io.thornback.transport.wire.CertificateRequestEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.ProbeAnswerDecoder;
import io.thornback.transport.wire.ProbeAnswerEncoder;
import io.thornback.transport.wire.ProbeDecoder;
import io.thornback.transport.wire.ProbeEncoder;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The messages of nodes that listen: their certificates, and probes. As {@link GcsCodec}, of which it is a part. */
final class NodeCodec {
    private static final int ID_BYTES = ProbeAnswerDecoder.nodeIdLength();

    private NodeCodec() {}

    static DirectBuffer certificateRequest(PublicKey key) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final CertificateRequestEncoder encoder =
                new CertificateRequestEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0).publicKey(EcKeys.text(key));
        return exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfCertificateRequest(DirectBuffer buffer, int offset) {
        return new CertificateRequestDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    static PublicKey certificateRequest(DirectBuffer buffer, int offset) {
        final CertificateRequestDecoder decoder =
                new CertificateRequestDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        NetMessages.requireField(decoder.publicKeyLength(), decoder.limit(), buffer);
        return EcKeys.publicKey(decoder.publicKey());
    }

    static DirectBuffer certificateIssued(long correlationId, X509Certificate certificate, X509Certificate authority) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2048);
        final CertificateIssuedEncoder encoder =
                new CertificateIssuedEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        try {
            encoder.correlationId(correlationId)
                    .certificate(Pem.of(certificate))
                    .authority(Pem.of(authority));
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that cannot be written", e);
        }
        return exactly(buffer, encoder.encodedLength());
    }

    /** What a node shows: the certificate that the answer holds, if it is for its key. */
    static Credential certificateIssued(DirectBuffer buffer, KeyPair pair) {
        final CertificateIssuedDecoder decoder =
                new CertificateIssuedDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        NetMessages.requireField(decoder.certificateLength(), decoder.limit(), buffer);
        final String certificate = decoder.certificate();
        NetMessages.requireField(decoder.authorityLength(), decoder.limit(), buffer);
        try {
            final X509Certificate own = Pem.certificate(certificate);
            if (!own.getPublicKey().equals(pair.getPublic())) {
                throw new IllegalArgumentException("the certificate is for another key");
            }
            return new Credential(pair.getPrivate(), own, Pem.certificate(decoder.authority()));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the certificate cannot be read: " + e.getMessage(), e);
        }
    }

    static DirectBuffer probe() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final ProbeEncoder encoder = new ProbeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0);
        return exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfProbe(DirectBuffer buffer, int offset) {
        return new ProbeDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    static DirectBuffer probeAnswer(long correlationId, String nodeId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
        final ProbeAnswerEncoder encoder =
                new ProbeAnswerEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId).putNodeId(HexFormat.of().parseHex(nodeId), 0, ID_BYTES);
        return exactly(buffer, encoder.encodedLength());
    }

    /** Which node answered. */
    static String probeAnswer(DirectBuffer buffer) {
        final byte[] id = new byte[ID_BYTES];
        new ProbeAnswerDecoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder())
                .getNodeId(id, 0, ID_BYTES);
        return HexFormat.of().formatHex(id);
    }

    private static DirectBuffer exactly(ExpandableArrayBuffer buffer, int encodedLength) {
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }
}
